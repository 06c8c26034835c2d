package ingress_rules

import rego.v1

# The Ingresses that rules judge. An Ingress with a problem is malformed, and no other rule judges it.
readable := ingresses - {problem.ingress | some problem in problems}

unread(ingress, where, what, fix) := {"ingress": ingress, "field": where, "is": what, "fix": fix}

problems contains unread(ingress, "kind", sprintf("is %s", [show(ingress.kind)]), "write `Ingress`") if {
	some ingress in ingresses
	ingress.kind != "Ingress"
}

problems contains unread(ingress, "apiVersion", "is not networking.k8s.io/v1", "use this version and its fields") if {
	some ingress in ingresses
	not ingress.apiVersion == "networking.k8s.io/v1"
}

problems contains unread(ingress, part, "is missing", "add it") if {
	some ingress in ingresses
	some part in ["metadata", "spec"]
	not has(ingress, part)
}

problems contains unread(ingress, "metadata.name", "is missing", "add a name") if {
	some ingress in ingresses
	is_object(ingress.metadata)
	not has_text(ingress.metadata, "name")
	not has_text(ingress.metadata, "generateName")
}

problems contains unread(ingress, "spec", "has neither rules nor a default backend", "add rules") if {
	some ingress in ingresses
	is_object(ingress.spec)
	not has(ingress.spec, "defaultBackend")
	count(rules(ingress)) == 0
}

problems contains unread(ingress, where, sprintf("is not of type %s", [type]), "change it, and quote what looks like a number") if {
	some [ingress, where, value, type] in typed
	type_name(value) != type
	not is_token(value)
}

problems contains unread(ingress, "metadata.annotations", "is larger than 256 KiB", "shorten the annotations: Kubernetes refuses more") if {
	some ingress in ingresses
	sum([count(concat("", [name, value])) | some name, value in annotations(ingress); is_string(value)]) > 262144
}

problems contains unread(ingress, annotation_field("listen-ports"), sprintf("is %s", [show(value)]), "write a list such as [{\"HTTP\":80},{\"HTTPS\":443}], each port once") if {
	some ingress in ingresses
	value := annotation(ingress, "listen-ports")
	not is_token(value)
	not is_listen_ports(value)
}

problems contains unread(ingress, rule.field, sprintf("has the host %s", [show(host)]), "write a DNS name in lower case, with xn-- for other letters; an IP address is not allowed") if {
	some ingress in ingresses
	some rule in rules(ingress)
	host := text_of(rule.value, "host", "")
	host != ""
	not is_host(host)
}

problems contains unread(ingress, path.field, "has no known pathType", "write Prefix, Exact or ImplementationSpecific") if {
	some ingress in ingresses
	some path in paths(ingress)
	not has_path_type(path)
}

problems contains unread(ingress, path.field, sprintf("has the path %s", [show(text)]), "write a path that starts with / and has no //, no /./, no /../ and no %2f") if {
	some ingress in ingresses
	some path in paths(ingress)
	has_path_type(path)
	text := path_text(path)
	not is_path(text, path.value.pathType)
}

# Values and the types that they must have: [Ingress, field, value, type]. Kubernetes takes null as if nothing were given, but not in a map of strings.
typed contains [ingress, name, ingress[name], "object"] if {
	some ingress in ingresses
	some name in ["metadata", "spec"]
	has(ingress, name)
}

typed contains [ingress, sprintf("%s.%s", [parent, name]), ingress[parent][name], type] if {
	some ingress in ingresses
	some [parent, name, type] in [
		["metadata", "name", "string"], ["metadata", "generateName", "string"], ["metadata", "namespace", "string"],
		["metadata", "annotations", "object"], ["spec", "ingressClassName", "string"], ["spec", "defaultBackend", "object"],
		["spec", "rules", "array"], ["spec", "tls", "array"],
	]
	has(ingress[parent], name)
}

typed contains [ingress, sprintf("metadata.annotations[%v]", [name]), value, "string"] if {
	some ingress in ingresses
	some name, value in annotations(ingress)
}

typed contains [ingress, rule.field, rule.value, "object"] if {
	some ingress in ingresses
	some rule in array.concat(rules(ingress), paths(ingress))
}

typed contains [ingress, sprintf("%s.%s", [rule.field, name]), rule.value[name], type] if {
	some ingress in ingresses
	some rule in array.concat(rules(ingress), paths(ingress))
	some name, type in {"host": "string", "http": "object", "path": "string", "backend": "object"}
	has(rule.value, name)
}

typed contains [ingress, sprintf("%s.http.paths", [rule.field]), object.get(rule.value.http, "paths", null), "array"] if {
	some ingress in ingresses
	some rule in rules(ingress)
	is_object(rule.value.http)
}

typed contains [ingress, sprintf("spec.tls[%d]", [i]), entry, "object"] if {
	some ingress in ingresses
	some i, entry in as_array(ingress.spec.tls)
}

typed contains [ingress, sprintf("spec.tls[%d].hosts", [i]), entry.hosts, "array"] if {
	some ingress in ingresses
	some i, entry in as_array(ingress.spec.tls)
	has(entry, "hosts")
}

typed contains [ingress, sprintf("spec.tls[%d].hosts", [i]), host, "string"] if {
	some ingress in ingresses
	some i, entry in as_array(ingress.spec.tls)
	some host in as_array(entry.hosts)
}

is_listen_ports(text) if {
	json.is_valid(text)
	entries := json.unmarshal(text)
	is_array(entries)
	count(entries) > 0
	every entry in entries {
		is_object(entry)
		count(entry) > 0
		every protocol, port in entry {
			protocol in {"HTTP", "HTTPS"}
			is_number(port)
			regex.match(`^[1-9][0-9]{0,4}$`, sprintf("%v", [port]))
			port <= 65535
		}
	}
	ports := [port | some entry in entries; some port in entry]
	count(ports) == count({port | some port in ports})
}

is_host(text) if is_token(text)

is_host(text) if {
	count(text) <= 253
	regex.match(`^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`, text)
	not regex.match(`^[0-9.]+$`, text)
}

has_path_type(path) if path.value.pathType in {"Prefix", "Exact", "ImplementationSpecific"}

is_path(text, _) if is_token(text)

is_path(text, type) if {
	type == "ImplementationSpecific"
	regex.match(`^(/|$)`, text)
}

is_path(text, type) if {
	type != "ImplementationSpecific"
	regex.match(`^/`, text)
	not regex.match(`//|/\.\.?(/|$)|%2[fF]`, text)
}
