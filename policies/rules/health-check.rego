package ingress_rules

import rego.v1

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
