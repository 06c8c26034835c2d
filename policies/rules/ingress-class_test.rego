package ingress_rules_test

import rego.v1

test_ingress_class if {
	ids(json.patch(plain("a.example.com", "/"), [{"op": "replace", "path": "/spec/ingressClassName", "value": "traefik"}])) == {"ingress-class"}
	ids(json.remove(plain("a.example.com", "/"), ["spec/ingressClassName"])) == {"ingress-class"}
}
