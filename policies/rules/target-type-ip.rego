package ingress_rules

import rego.v1

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
