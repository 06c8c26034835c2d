package ingress_rules

import rego.v1

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
