package ingress_rules

import rego.v1

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
