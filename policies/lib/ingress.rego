package ingress_rules

import rego.v1

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
