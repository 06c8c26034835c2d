package ingress_rules_test

import rego.v1

test_tags if {
	ids(ingress({"tags": "Team=shop"})) == {"tags"}
	ids(ingress({"tags": "Environment=,Team=shop"})) == {"tags"}
	ids(ingress({"tags": "Team=shop"})) == set() with data.networking.parameters as {"requiredTags": ["Team"]}
}
