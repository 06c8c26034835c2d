#!/bin/sh
# What stands in a namespace that denies by default is reached by its load balancer, and by no pod of another namespace.
#
# LOAD_BALANCER: its name. POD: a URL of a pod there. ELSEWHERE: a URL of a pod where nothing is denied.
# shellcheck source=words.sh
. "${0%/*}/words.sh"

# answered URL
answered() {
  curl -sS --fail --max-time 5 "$1" | judge '.backend // ("nobody" | fail)'
}

# Without this one, silence would prove nothing.
check pods-without-policies-answer eventually 60 answered "$ELSEWHERE"
check load-balancer-reaches-pods eventually 300 answered "http://$LOAD_BALANCER/"
check pods-of-other-namespaces-are-cut-off cut_off "$POD"
report
