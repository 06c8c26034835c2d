package ingress_rules_test

import rego.v1

import data.ingress_rules

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

# An Ingress of the class alb, in production, that breaks no rule. Its annotations can be changed.
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

# An Ingress of the class nginx, outside production.
plain(host, path) := {
	"apiVersion": "networking.k8s.io/v1",
	"kind": "Ingress",
	"metadata": {"name": "web", "namespace": "dev"},
	"spec": spec("nginx", host, path),
}

ids(thing) := found if {
	findings := ingress_rules.deny | ingress_rules.warn with input as thing
	found := {finding.id | some finding in findings}
}

test_a_good_ingress_breaks_no_rule if {
	count(ingress_rules.deny) == 0 with input as ingress({})
	count(ingress_rules.warn) == 0 with input as ingress({})
}
