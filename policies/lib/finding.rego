package ingress_rules

import rego.v1

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
