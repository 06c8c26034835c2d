package ingress_rules_test

import rego.v1

test_sensitive_path if {
	ids(plain("a.example.com", "/Admin/users")) == {"sensitive-path"}
	ids(plain("a.example.com", "/met*")) == {"sensitive-path"}
	ids(plain("a.example.com", "/(api|debug)(/|$)")) == {"sensitive-path"}
	ids(plain("a.example.com", "/administration")) == set()
	ids(plain("a.example.com", "/*")) == set()
}
