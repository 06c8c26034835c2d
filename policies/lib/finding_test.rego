package ingress_rules_test

import rego.v1

import data.ingress_rules

test_messages_name_object_field_and_fix if {
	some finding in ingress_rules.deny with input as without("wafv2-acl-arn")
	startswith(finding.msg, "[waf-required] Ingress production/web: metadata.annotations[alb.ingress.kubernetes.io/wafv2-acl-arn] names no")
	endswith(finding.msg, finding.fix)
}
