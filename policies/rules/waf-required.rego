package ingress_rules

import rego.v1

# METADATA
# title: An internet-facing load balancer has a web ACL of AWS WAF
# description: >-
#   an internet-facing load balancer without a regional web ACL of AWS WAF; `none` and web ACLs of WAF Classic or
#   CloudFront do not count
deny contains report(
	"waf-required", ingress, annotation_field("wafv2-acl-arn"), "names no regional web ACL, and the load balancer is internet-facing",
	"name one of AWS WAF (not Classic, not CloudFront's), or make the scheme internal",
) if {
	some ingress in readable
	is_alb(ingress)
	annotation(ingress, "scheme") == "internet-facing"
	not has_waf(ingress)
}

has_waf(ingress) if regex.match(`^arn:[^:]+:wafv2:[^:]*:[^:]*:regional/webacl/.`, annotation(ingress, "wafv2-acl-arn"))

has_waf(ingress) if is_token(annotation(ingress, "wafv2-acl-arn"))

has_waf(ingress) if {
	has_annotation(ingress, "wafv2-acl-name")
	annotation(ingress, "wafv2-acl-name") != "none"
}
