package ingress_rules

import rego.v1

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
