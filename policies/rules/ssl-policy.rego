package ingress_rules

import rego.v1

# METADATA
# title: HTTPS listeners offer TLS 1.3 and refuse TLS 1.1
# description: an HTTPS listener whose policy is not for TLS 1.3 alone or for TLS 1.3 and 1.2
warn contains report(
	"ssl-policy", ingress, annotation_field("ssl-policy"), "is not a policy for TLS 1.3 and 1.2 only",
	"write one such as ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
) if {
	some ingress in readable
	is_alb(ingress)
	listens(ingress, "HTTPS")
	not is_given_as(ingress, "ssl-policy", `^ELBSecurityPolicy-TLS13-1-[23]-`)
}
