package ingress_rules_test

import rego.v1

test_malformed_alone if {
	ids(json.remove(ingress({}), ["metadata"])) == {"malformed"}
	ids(json.remove(ingress({"scheme": 7}), ["metadata/name"])) == {"malformed"}
	ids(ingress({"listen-ports": "HTTPS"})) == {"malformed"}
	ids(plain("Shop.Example.com", "/admin")) == {"malformed"}
}

test_unknown_parameters if {
	ids(ingress({})) == {"malformed"} with data.networking.parameters as {"allowedDomain": ["example.com"]}
	ids(ingress({})) == {"malformed"} with data.networking.parameters as {"allowedDomains": "example.com"}
	ids(ingress({})) == {"malformed"} with data.networking.parameters as ["allowedDomains"]
}
