package ingress_rules_test

import rego.v1

import data.ingress_rules

test_target_type_ip if {
	ids(without("target-type")) == {"target-type-ip"}
	ids(ingress({"target-type": "instance"})) == {"target-type-ip"}
}

test_only_warns if {
	count(ingress_rules.deny) == 0 with input as without("target-type")
}
