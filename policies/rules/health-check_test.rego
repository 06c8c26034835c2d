package ingress_rules_test

import rego.v1

test_health_check if {
	ids(without("healthcheck-path")) == {"health-check"}
	ids(ingress({"healthcheck-path": ""})) == {"health-check"}
}
