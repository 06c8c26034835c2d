package ingress_rules_test

import rego.v1

test_tls_required if {
	ids(ingress({"listen-ports": `[{"HTTP":80}]`})) == {"tls-required"}
	ids(ingress({"ssl-redirect": "8443"})) == {"tls-required"}
	ids(without("ssl-redirect")) == {"tls-required"}
	ids(json.patch(plain("a.example.com", "/"), [{"op": "replace", "path": "/metadata/namespace", "value": "prod"}])) == {"tls-required"}
	ids(plain("a.example.com", "/")) == set()
}
