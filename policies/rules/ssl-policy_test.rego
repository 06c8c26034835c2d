package ingress_rules_test

import rego.v1

test_ssl_policy if {
	ids(without("ssl-policy")) == {"ssl-policy"}
	ids(ingress({"ssl-policy": "ELBSecurityPolicy-2016-08"})) == {"ssl-policy"}
	ids(ingress({"ssl-policy": "ELBSecurityPolicy-TLS13-1-3-2021-06"})) == set()
}
