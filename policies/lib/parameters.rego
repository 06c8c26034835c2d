package ingress_rules

import rego.v1

# What the rules assume; `data.networking.parameters` may change it.
default_parameters := {
	"productionNamespaces": ["production", "prod"],
	"ingressClasses": ["alb", "nginx", "cilium"],
	"allowedDomains": [],
	"sensitivePaths": ["/admin", "/metrics", "/debug", "/actuator", "/server-status", "/.env", "/.git"],
	"requiredTags": ["Environment", "Team"],
}

default given_parameters := {}

given_parameters := data.networking.parameters if is_object(data.networking.parameters)

parameters := object.union(default_parameters, {name: values |
	some name, values in given_parameters
	is_parameter(name, values)
})

is_parameter(name, values) if {
	default_parameters[name]
	is_array(values)
	every value in values {
		is_string(value)
	}
}
