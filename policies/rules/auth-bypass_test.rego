package ingress_rules_test

import rego.v1

test_auth_bypass if {
	ids(ingress({"auth-type": "oidc"})) == set()
	ids(ingress({"auth-type": "oidc", "auth-on-unauthenticated-request": "allow"})) == {"auth-bypass"}
	ids(ingress({"auth-type": "cognito", "ssl-redirect": "80"})) == {"auth-bypass", "tls-required"}
}
