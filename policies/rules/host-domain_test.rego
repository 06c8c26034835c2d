package ingress_rules_test

import rego.v1

test_host_domain if {
	parameters := {"allowedDomains": ["example.com"]}
	ids(plain("a.example.org", "/")) == {"host-domain"} with data.networking.parameters as parameters
	ids(plain("", "/")) == {"host-domain"} with data.networking.parameters as parameters
	ids(plain("*.example.com", "/")) == set() with data.networking.parameters as parameters
	ids(plain("a.example.org", "/")) == set()
}
