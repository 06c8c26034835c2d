# Rules for Ingresses: `conftest test manifests/ingress.yaml --policy policies/networking.rego`.
#
# Made from policies/rules and policies/lib with `npx projen policies`: change those.
package main

import rego.v1

# rules/auth-bypass.rego

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

# rules/health-check.rego

# METADATA
# title: The path of the health check is named
# description: no health check path
warn contains report(
	"health-check", ingress, annotation_field("healthcheck-path"), "is missing, so health checks request /",
	"name a path that shows whether a pod can serve requests",
) if {
	some ingress in readable
	is_alb(ingress)
	not has_annotation(ingress, "healthcheck-path")
}

# rules/host-domain.rego

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

# rules/ingress-class.rego

# METADATA
# title: Only approved ingress classes are used
# description: no class, or one that is not approved
deny contains report(
	"ingress-class", ingress, "spec.ingressClassName", "is missing",
	sprintf("name an approved class: %s", [concat(", ", parameters.ingressClasses)]),
) if {
	some ingress in readable
	count(classes(ingress)) == 0
}

deny contains report(
	"ingress-class", ingress, where, sprintf("is %s", [show(class)]),
	sprintf("name an approved class: %s", [concat(", ", parameters.ingressClasses)]),
) if {
	some ingress in readable
	some where, class in classes(ingress)
	not class in parameters.ingressClasses
	not is_token(class)
}

# rules/malformed.rego

# METADATA
# title: An Ingress can be read
# description: >-
#   what Kubernetes or the load balancer controller cannot read: wrong types, no name, `listen-ports` that is not
#   JSON, hosts that are not DNS names
deny contains report("malformed", problem.ingress, problem.field, problem.is, problem.fix) if {
	some problem in problems
}

deny contains report("malformed", thing, "items", "is not a list", "list the objects") if {
	some thing in objects
	is_list(thing)
	has(thing, "items")
	not is_array(thing.items)
}

deny contains report("malformed", item, "kind", "is missing in an item of a List", "give each item its apiVersion and kind") if {
	some item in (items | inner_items)
	not has_text(item, "kind")
}

deny contains report("malformed", document, "kind", "is missing or not a string", "write `Ingress` if it is one") if {
	some document in documents
	is_string(document.apiVersion)
	startswith(document.apiVersion, "networking.k8s.io/")
	not has_text(document, "kind")
}

deny contains report("malformed", thing, "items", "is a List in a List in a List", "list the objects in one List") if {
	some thing in inner_items
	is_list(thing)
}

# Otherwise a misspelt parameter would leave a rule at its default, unnoticed.
deny contains report(
	"malformed", ingress, sprintf("the policy's parameter `%v`", [name]), "is unknown or not a list of strings",
	sprintf("the parameters are %s, each a list of strings", [concat(", ", object.keys(default_parameters))]),
) if {
	some ingress in ingresses
	some name, values in given_parameters
	not is_parameter(name, values)
}

deny contains report("malformed", ingress, "the policy's data.networking.parameters", "is not a map", "write `networking: { parameters: { ... } }`") if {
	some ingress in ingresses
	not is_object(data.networking.parameters)
	data.networking.parameters != {}
}

# rules/sensitive-path.rego

# METADATA
# title: Sensitive paths are not served
# description: >-
#   a path equal to or below a sensitive one, in upper or lower case, or a wildcard or regular expression that
#   matches one
deny contains report(
	"sensitive-path", ingress, path.field, sprintf("serves %s with the path %s", [sensitive, show(path_text(path))]),
	"leave it out, or have the load balancer answer it with a fixed 403",
) if {
	some ingress in readable
	some path in paths(ingress)
	some sensitive in parameters.sensitivePaths
	exposes(lower(path_text(path)), trim_right(lower(sensitive), "/"))
	not is_blocked(ingress, path)
}

exposes(path, sensitive) if trim_right(path, "/") == sensitive

exposes(path, sensitive) if startswith(path, concat("", [sensitive, "/"]))

# A path may hold wildcards or be a regular expression, which depends on the controller. One that matches every path is treated like /.
exposes(path, sensitive) if {
	regex.match(`[^-a-z0-9/_~%]`, path)
	some pattern in [wildcards(path), concat("", ["^", path])]
	regex.is_valid(pattern)
	not regex.match(pattern, "/0-every-path/0")
	some example in [sensitive, concat("", [sensitive, "/"]), concat("", [sensitive, "/0"])]
	regex.match(pattern, example)
}

wildcards(path) := sprintf("^%s$", [replace(replace(regex.replace(path, `[\[\](){}+^$|\\.]`, `\$0`), "*", ".*"), "?", ".")])

# Whether the load balancer itself answers, with a refusal.
is_blocked(ingress, path) if {
	not is_other(ingress)
	path.value.backend.service.port.name == "use-annotation"
	text := annotation(ingress, sprintf("actions.%s", [path.value.backend.service.name]))
	json.is_valid(text)
	action := json.unmarshal(text)
	action.type == "fixed-response"
	startswith(sprintf("%v", [action.fixedResponseConfig.statusCode]), "4")
}

# rules/ssl-policy.rego

# METADATA
# title: HTTPS listeners offer TLS 1.3 and refuse TLS 1.1
# description: an HTTPS listener whose policy is not for TLS 1.3 alone or for TLS 1.3 and 1.2
warn contains report(
	"ssl-policy", ingress, annotation_field("ssl-policy"), "is not a policy for TLS 1.3 and 1.2 only",
	"write one such as ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
) if {
	some ingress in readable
	is_alb(ingress)
	listens(ingress, "HTTPS")
	not is_given_as(ingress, "ssl-policy", `^ELBSecurityPolicy-TLS13-1-[23]-`)
}

# rules/tags.rego

# METADATA
# title: Load balancers have the required tags
# description: a required tag that is missing or has no value
warn contains report(
	"tags", ingress, annotation_field("tags"), sprintf("has no value for %s", [tag]),
	sprintf("add %s=...", [tag]),
) if {
	some ingress in readable
	is_alb(ingress)
	some tag in parameters.requiredTags
	not has_tag(ingress, tag)
}

has_tag(ingress, tag) if {
	some pair in split(annotation(ingress, "tags"), ",")
	[key, value] := [trim_space(part) | some part in split(pair, "=")]
	key == tag
	value != ""
}

has_tag(ingress, _) if is_token(annotation(ingress, "tags"))

# rules/target-type-ip.rego

# METADATA
# title: Load balancers send requests to pods directly
# description: a target type other than `ip`
warn contains report(
	"target-type-ip", ingress, annotation_field("target-type"), "is not ip",
	"write ip: the load balancer then sends requests to pods directly, not through another node",
) if {
	some ingress in readable
	is_alb(ingress)
	not is_given_as(ingress, "target-type", `^ip$`)
}

# rules/tls-required.rego

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

# rules/waf-required.rego

# METADATA
# title: An internet-facing load balancer has a web ACL of AWS WAF
# description: >-
#   an internet-facing load balancer without a regional web ACL of AWS WAF; `none` and web ACLs of WAF Classic or
#   CloudFront do not count
deny contains report(
	"waf-required", ingress, annotation_field("wafv2-acl-arn"), "names no regional web ACL, and the load balancer is internet-facing",
	"name one of AWS WAF (not Classic, not CloudFront's), or make the scheme internal",
) if {
	some ingress in readable
	is_alb(ingress)
	annotation(ingress, "scheme") == "internet-facing"
	not has_waf(ingress)
}

has_waf(ingress) if regex.match(`^arn:[^:]+:wafv2:[^:]*:[^:]*:regional/webacl/.`, annotation(ingress, "wafv2-acl-arn"))

has_waf(ingress) if is_token(annotation(ingress, "wafv2-acl-arn"))

has_waf(ingress) if {
	has_annotation(ingress, "wafv2-acl-name")
	annotation(ingress, "wafv2-acl-name") != "none"
}

# lib/finding.rego

# What a rule reports: `field` and `problem` make a sentence, and `msg` ends with what to do.
report(id, thing, where, what, fix) := {
	"id": id,
	"object": title(thing),
	"field": where,
	"problem": what,
	"fix": fix,
	"msg": sprintf("[%s] %s: %s %s; %s", [id, title(thing), where, what, fix]),
}

# Such as "Ingress production/web".
title(thing) := sprintf("%s %s/%s", [
	text_of(thing, "kind", "object"),
	text_of(metadata_of(thing), "namespace", "default"),
	text_of(metadata_of(thing), "name", text_of(metadata_of(thing), "generateName", "(no name)")),
])

metadata_of(thing) := thing.metadata if is_object(thing.metadata)

else := {}

name_of(host) := "every host" if host == ""

else := show(host)

show(value) := sprintf("`%s`", [value]) if {
	is_string(value)
	count(value) <= 80
} else := sprintf("`%s...`", [substring(value, 0, 80)]) if {
	is_string(value)
} else := type_name(value)

# lib/ingress.rego

# What rules ask of an Ingress.

# Classes of other controllers, which do not read the annotations of the load balancer controller.
other_classes := {"nginx", "cilium"}

# Its class, or both where a field and the older annotation name one.
classes(ingress) := {where: class |
	some where, class in {
		"spec.ingressClassName": object.get(ingress.spec, "ingressClassName", null),
		"metadata.annotations[kubernetes.io/ingress.class]": object.get(annotations(ingress), "kubernetes.io/ingress.class", null),
	}
	is_string(class)
	class != ""
}

# Whether it is for the load balancer controller.
is_alb(ingress) if {
	some class in classes(ingress)
	is_alb_class(ingress, class)
}

is_alb(ingress) if {
	count(classes(ingress)) == 0
	has_alb_annotations(ingress)
}

# Whether it is for another controller.
is_other(ingress) if {
	some class in classes(ingress)
	not is_alb_class(ingress, class)
}

is_other(ingress) if {
	count(classes(ingress)) == 0
	not has_alb_annotations(ingress)
}

is_alb_class(_, class) if class == "alb"

# The load balancer controller may have a class of another name.
is_alb_class(ingress, class) if {
	not class in other_classes
	has_alb_annotations(ingress)
}

has_alb_annotations(ingress) if {
	some name, _ in annotations(ingress)
	startswith(name, "alb.ingress.kubernetes.io/")
}

# The listeners that the controller makes. Without listen-ports: HTTPS if a certificate is named, and HTTP if not.
listeners(ingress) := json.unmarshal(annotation(ingress, "listen-ports")) if {
	has_annotation(ingress, "listen-ports")
	not is_token(annotation(ingress, "listen-ports"))
} else := [{"HTTPS": 443}] if {
	has_annotation(ingress, "certificate-arn")
} else := [{"HTTP": 80}]

listens(ingress, protocol) if {
	some listener in listeners(ingress)
	listener[protocol]
}

listens(ingress, "HTTPS") if is_token(annotation(ingress, "listen-ports"))

# Whether it serves HTTP without a working redirect.
serves_http(ingress) if {
	listens(ingress, "HTTP")
	not is_redirected(ingress)
}

is_redirected(ingress) if {
	some listener in listeners(ingress)
	sprintf("%v", [listener.HTTPS]) == annotation(ingress, "ssl-redirect")
}

is_redirected(ingress) if {
	listens(ingress, "HTTPS")
	is_token(annotation(ingress, "ssl-redirect"))
}

# The hosts that it serves. "" is every host.
served_hosts(ingress) := {text_of(rule.value, "host", "") | some rule in rules(ingress)} | {"" | has(ingress.spec, "defaultBackend")}

# The hosts for which a certificate can be found.
known_hosts(ingress) := ({host | some host in served_hosts(ingress)} | {host | some entry in as_array(ingress.spec.tls); some host in as_array(entry.hosts)}) - {""}

rules(ingress) := [{"field": sprintf("spec.rules[%d]", [i]), "value": rule} |
	some i, rule in as_array(ingress.spec.rules)
]

paths(ingress) := [{"field": sprintf("%s.http.paths[%d]", [rule.field, i]), "value": path} |
	some rule in rules(ingress)
	some i, path in as_array(rule.value.http.paths)
]

path_text(path) := text_of(path.value, "path", "")

annotations(ingress) := ingress.metadata.annotations if is_object(ingress.metadata.annotations)

else := {}

annotation(ingress, name) := ingress.metadata.annotations[concat("", ["alb.ingress.kubernetes.io/", name])]

has_annotation(ingress, name) if regex.match(`[^,\s]`, annotation(ingress, name))

is_given_as(ingress, name, pattern) if regex.match(pattern, annotation(ingress, name))

is_given_as(ingress, name, _) if is_token(annotation(ingress, name))

annotation_field(name) := sprintf("metadata.annotations[alb.ingress.kubernetes.io/%s]", [name])

# lib/objects.rego

# The objects of the input: one object, a List, an array, or the files that `conftest --combine` puts together.

documents contains input if not is_array(input)

documents contains document if {
	is_array(input)
	some document in input
	not document.contents
}

documents contains document if {
	is_array(input)
	some file in input
	some document in as_array(file.contents)
}

items contains item if {
	some document in documents
	is_list(document)
	some item in as_array(document.items)
}

inner_items contains item if {
	some document in items
	is_list(document)
	some item in as_array(document.items)
}

objects := (documents | items) | inner_items

ingresses contains thing if {
	some thing in objects
	is_string(thing.kind)
	lower(thing.kind) == "ingress"
	not is_foreign(thing)
}

# Other API groups have a kind of this name, too.
is_foreign(thing) if {
	is_string(thing.apiVersion)
	[group, _] := split(thing.apiVersion, "/")
	not group in {"networking.k8s.io", "extensions"}
}

is_list(thing) if thing.kind in {"List", "IngressList"}

# lib/parameters.rego

# What the rules assume; `data.networking.parameters` may change it.
default_parameters := {
	"productionNamespaces": ["production", "prod"],
	"ingressClasses": ["alb", "nginx", "cilium"],
	"allowedDomains": [],
	"sensitivePaths": ["/admin", "/metrics", "/debug", "/actuator", "/server-status", "/.env", "/.git"],
	"requiredTags": ["Environment", "Team"],
}

default given_parameters := {}

given_parameters := data.networking.parameters if is_object(data.networking.parameters)

parameters := object.union(default_parameters, {name: values |
	some name, values in given_parameters
	is_parameter(name, values)
})

is_parameter(name, values) if {
	default_parameters[name]
	is_array(values)
	every value in values {
		is_string(value)
	}
}

# lib/readable.rego

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

# lib/values.rego

# Whether a text is only known when deployed: IngressPolicy puts the placeholder in place of CDK's tokens.
is_token(text) if {
	is_string(text)
	contains(text, data.networking.placeholder)
}

# Whether something is given: null is not.
has(thing, name) if {
	value := thing[name]
	not is_null(value)
}

has_text(thing, name) if {
	is_string(thing[name])
	thing[name] != ""
}

# A text, or another one where it is missing or empty.
text_of(thing, name, otherwise) := thing[name] if {
	is_string(thing[name])
	thing[name] != ""
} else := otherwise

as_array(value) := value if is_array(value)

as_array(value) := [value] if {
	not is_array(value)
	not is_null(value)
}
