package ingress_rules_test

import rego.v1

test_lists_and_combined_files if {
	bad := plain("a.example.com", "/debug")
	ids({"kind": "List", "items": [ingress({}), bad]}) == {"sensitive-path"}
	ids([ingress({}), bad]) == {"sensitive-path"}
	ids([{"path": "a.yaml", "contents": ingress({})}, {"path": "b.yaml", "contents": [bad]}]) == {"sensitive-path"}
}

test_other_objects if {
	ids({"apiVersion": "v1", "kind": "Service", "metadata": {}}) == set()
	ids(null) == set()
}
