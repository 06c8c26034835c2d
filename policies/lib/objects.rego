package ingress_rules

import rego.v1

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
