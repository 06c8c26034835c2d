package ingress_rules

import rego.v1

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
