package ingress_rules

import rego.v1

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
