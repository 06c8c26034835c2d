package ingress_rules

import rego.v1

# METADATA
# title: Authentication cannot be bypassed
# description: >-
#   authentication beside an HTTP listener without a working redirect, or authentication that lets unauthenticated
#   requests in
deny contains report(
	"auth-bypass", ingress, annotation_field("ssl-redirect"), "does not redirect HTTP to an HTTPS listener, so HTTP is served without authentication",
	"set it to the port of an HTTPS listener, or do not listen on HTTP",
) if {
	some ingress in readable
	is_alb(ingress)
	authenticates(ingress)
	serves_http(ingress)
}

deny contains report(
	"auth-bypass", ingress, annotation_field("auth-on-unauthenticated-request"), "is allow, which lets unauthenticated requests in",
	"write authenticate or deny",
) if {
	some ingress in readable
	is_alb(ingress)
	annotation(ingress, "auth-type") in {"oidc", "cognito"}
	annotation(ingress, "auth-on-unauthenticated-request") == "allow"
}

authenticates(ingress) if annotation(ingress, "auth-type") in {"oidc", "cognito"}

authenticates(ingress) if has_annotation(ingress, "jwt-validation")
