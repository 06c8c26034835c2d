package ingress_rules

import rego.v1

# METADATA
# title: Hosts are in the allowed domains
# description: >-
#   a host outside the allowed domains; with a list of domains, a rule without a host. Without a list, the
#   default, every domain is allowed
deny contains report(
	"host-domain", ingress, "spec.rules", sprintf("serves %s", [name_of(host)]),
	sprintf("use hosts in %s, in each rule", [concat(", ", parameters.allowedDomains)]),
) if {
	some ingress in readable
	count(parameters.allowedDomains) > 0
	some host in served_hosts(ingress)
	not is_token(host)
	not is_allowed(host)
}

is_allowed(host) if {
	some given in parameters.allowedDomains
	domain := lower(trim_prefix(given, "*."))
	trim_prefix(host, "*.") == domain
}

is_allowed(host) if {
	some given in parameters.allowedDomains
	domain := lower(trim_prefix(given, "*."))
	endswith(host, concat("", [".", domain]))
}
