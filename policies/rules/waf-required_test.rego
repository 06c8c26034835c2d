package ingress_rules_test

import rego.v1

test_waf_required if {
	ids(without("wafv2-acl-arn")) == {"waf-required"}
	ids(ingress({"wafv2-acl-arn": "none"})) == {"waf-required"}
	ids(ingress({"wafv2-acl-arn": "none", "scheme": "internal"})) == set()
}
