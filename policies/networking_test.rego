package main_test

import rego.v1

import data.main

prefix := "alb.ingress.kubernetes.io/"

https := {
	"target-type": "ip",
	"healthcheck-path": "/health",
	"tags": "Environment=production,Team=shop",
	"listen-ports": `[{"HTTP":80},{"HTTPS":443}]`,
	"ssl-redirect": "443",
	"ssl-policy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
	"certificate-arn": "arn:aws:acm:eu-central-1:123456789012:certificate/1",
	"wafv2-acl-arn": "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/1",
	"scheme": "internet-facing",
}

# An Ingress for a load balancer that breaks no rule, but for the annotations that are changed.
ingress(changes) := {
	"apiVersion": "networking.k8s.io/v1",
	"kind": "Ingress",
	"metadata": {
		"name": "web",
		"namespace": "production",
		"annotations": {concat("", [prefix, name]): value | some name, value in object.union(https, changes)},
	},
	"spec": spec("alb", "shop.example.com", "/"),
}

without(name) := json.remove(ingress({}), [sprintf("metadata/annotations/%s", [replace(concat("", [prefix, name]), "/", "~1")])])

spec(class, host, path) := {
	"ingressClassName": class,
	"rules": [{"host": host, "http": {"paths": [{
		"path": path,
		"pathType": "Prefix",
		"backend": {"service": {"name": "web", "port": {"number": 80}}},
	}]}}],
}

# One for another controller, outside of production.
plain(host, path) := {
	"apiVersion": "networking.k8s.io/v1",
	"kind": "Ingress",
	"metadata": {"name": "web", "namespace": "dev"},
	"spec": spec("nginx", host, path),
}

ids(thing) := found if {
	findings := main.deny | main.warn with input as thing
	found := {finding.id | some finding in findings}
}

test_a_good_ingress_breaks_no_rule if {
	count(main.deny) == 0 with input as ingress({})
	count(main.warn) == 0 with input as ingress({})
}

test_tls_required if {
	ids(ingress({"listen-ports": `[{"HTTP":80}]`})) == {"tls-required"}
	ids(ingress({"ssl-redirect": "8443"})) == {"tls-required"}
	ids(without("ssl-redirect")) == {"tls-required"}
	ids(json.patch(plain("a.example.com", "/"), [{"op": "replace", "path": "/metadata/namespace", "value": "prod"}])) == {"tls-required"}
	ids(plain("a.example.com", "/")) == set()
}

test_ingress_class if {
	ids(json.patch(plain("a.example.com", "/"), [{"op": "replace", "path": "/spec/ingressClassName", "value": "traefik"}])) == {"ingress-class"}
	ids(json.remove(plain("a.example.com", "/"), ["spec/ingressClassName"])) == {"ingress-class"}
}

test_host_domain if {
	parameters := {"allowedDomains": ["example.com"]}
	ids(plain("a.example.org", "/")) == {"host-domain"} with data.networking.parameters as parameters
	ids(plain("", "/")) == {"host-domain"} with data.networking.parameters as parameters
	ids(plain("*.example.com", "/")) == set() with data.networking.parameters as parameters
	ids(plain("a.example.org", "/")) == set()
}

test_waf_required if {
	ids(without("wafv2-acl-arn")) == {"waf-required"}
	ids(ingress({"wafv2-acl-arn": "none"})) == {"waf-required"}
	ids(ingress({"wafv2-acl-arn": "none", "scheme": "internal"})) == set()
}

test_sensitive_path if {
	ids(plain("a.example.com", "/Admin/users")) == {"sensitive-path"}
	ids(plain("a.example.com", "/met*")) == {"sensitive-path"}
	ids(plain("a.example.com", "/(api|debug)(/|$)")) == {"sensitive-path"}
	ids(plain("a.example.com", "/administration")) == set()
	ids(plain("a.example.com", "/*")) == set()
}

test_auth_bypass if {
	ids(ingress({"auth-type": "oidc"})) == set()
	ids(ingress({"auth-type": "oidc", "auth-on-unauthenticated-request": "allow"})) == {"auth-bypass"}
	ids(ingress({"auth-type": "cognito", "ssl-redirect": "80"})) == {"auth-bypass", "tls-required"}
}

test_best_practices if {
	ids(without("target-type")) == {"target-type-ip"}
	ids(without("healthcheck-path")) == {"health-check"}
	ids(without("ssl-policy")) == {"ssl-policy"}
	ids(ingress({"ssl-policy": "ELBSecurityPolicy-2016-08"})) == {"ssl-policy"}
	ids(ingress({"tags": "Team=shop"})) == {"tags"}
	count(main.deny) == 0 with input as without("target-type")
}

test_malformed_alone if {
	ids(json.remove(ingress({}), ["metadata"])) == {"malformed"}
	ids(json.remove(ingress({"scheme": 7}), ["metadata/name"])) == {"malformed"}
	ids(ingress({"listen-ports": "HTTPS"})) == {"malformed"}
	ids(plain("Shop.Example.com", "/admin")) == {"malformed"}
}

test_parameters_that_are_not_known if {
	ids(ingress({})) == {"malformed"} with data.networking.parameters as {"allowedDomain": ["example.com"]}
	ids(ingress({})) == {"malformed"} with data.networking.parameters as {"allowedDomains": "example.com"}
	ids(ingress({})) == {"malformed"} with data.networking.parameters as ["allowedDomains"]
}

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

test_messages_name_object_field_and_fix if {
	some finding in main.deny with input as without("wafv2-acl-arn")
	startswith(finding.msg, "[waf-required] Ingress production/web: metadata.annotations[alb.ingress.kubernetes.io/wafv2-acl-arn] names no")
	endswith(finding.msg, finding.fix)
}
