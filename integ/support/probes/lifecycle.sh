#!/bin/sh
# Makes load balancers that CloudFormation does not know of, as people do with kubectl: the destruction of the platform has to find them.
# shellcheck source=words.sh
. "${0%/*}/words.sh"

services=/api/v1/namespaces/default/services
ingresses=/apis/networking.k8s.io/v1/namespaces/default/ingresses

# make PATH OBJECT: also where it is there already.
make() {
  made=$(api POST "$1" "$2" 2>/dev/null) || case $made in
    *'"reason":"AlreadyExists"'* | *'"reason": "AlreadyExists"'*) made='{"metadata": {"name": "there already"}}' ;;
    *) complain "$made"; return 1 ;;
  esac
  printf '%s' "$made" | judge '.metadata.name'
}

# balancer_of PATH: the name that the controller wrote into an object's status.
balancer_of() {
  api GET "$1" | judge '.status.loadBalancer.ingress[0].hostname // ("no load balancer yet" | fail)'
}

check service-is-made make "$services" '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "by-hand"},
  "spec": {"type": "LoadBalancer", "loadBalancerClass": "service.k8s.aws/nlb", "selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}}'
check ingress-is-made make "$ingresses" '{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "by-hand"},
  "spec": {"ingressClassName": "alb", "defaultBackend": {"service": {"name": "web", "port": {"number": 8080}}}}}'
check service-has-a-load-balancer eventually 240 balancer_of "$services/by-hand"
check ingress-has-a-load-balancer eventually 240 balancer_of "$ingresses/by-hand"
report
