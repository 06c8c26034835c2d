package ingress_rules

import rego.v1

# METADATA
# title: An Ingress in a production namespace is served over TLS only
# description: >-
#   in a production namespace: no HTTPS listener, no certificate, or HTTP without a working redirect; for other
#   classes, a host without an entry in `spec.tls`
deny contains report(
	"tls-required", ingress, annotation_field("listen-ports"), "makes no HTTPS listener in a production namespace",
	"name a certificate in certificate-arn and listen on HTTPS: [{\"HTTPS\":443}]",
) if {
	some ingress in readable
	is_production(ingress)
	is_alb(ingress)
	not listens(ingress, "HTTPS")
}

deny contains report(
	"tls-required", ingress, annotation_field("certificate-arn"), "is missing, and there is no host to find a certificate for",
	"name a certificate, or a host in each rule",
) if {
	some ingress in readable
	is_production(ingress)
	is_alb(ingress)
	listens(ingress, "HTTPS")
	not has_annotation(ingress, "certificate-arn")
	count(known_hosts(ingress)) == 0
}

deny contains report(
	"tls-required", ingress, annotation_field("ssl-redirect"), "does not redirect HTTP to an HTTPS listener, in a production namespace",
	"set it to the port of an HTTPS listener, or do not listen on HTTP",
) if {
	some ingress in readable
	is_production(ingress)
	is_alb(ingress)
	listens(ingress, "HTTPS")
	serves_http(ingress)
}

deny contains report(
	"tls-required", ingress, "spec.tls", sprintf("has no entry for %s, in a production namespace", [name_of(host)]),
	"add an entry for that host, or one without hosts, which is for every host",
) if {
	some ingress in readable
	is_production(ingress)
	is_other(ingress)
	some host in served_hosts(ingress)
	not has_tls(ingress, host)
}

is_production(ingress) if namespace(ingress) in parameters.productionNamespaces

namespace(thing) := text_of(thing.metadata, "namespace", "default")

has_tls(ingress, _) if {
	some entry in as_array(ingress.spec.tls)
	not has(entry, "hosts")
}

has_tls(ingress, _) if {
	some entry in as_array(ingress.spec.tls)
	count(as_array(entry.hosts)) == 0
}

has_tls(ingress, host) if {
	some entry in as_array(ingress.spec.tls)
	some covered in as_array(entry.hosts)
	covers(covered, host)
}

covers(covered, host) if covered == host

covers(wildcard, host) if {
	startswith(wildcard, "*.")
	labels := split(host, ".")
	concat(".", array.slice(labels, 1, count(labels))) == substring(wildcard, 2, -1)
}

covers(host, _) if is_token(host)

covers(_, host) if is_token(host)
