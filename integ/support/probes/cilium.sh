#!/bin/sh
# Cilium is the cluster's whole network, and does what it is deployed for.
#
# NODE: the node of this pod. PRIVATE_CIDRS: the private subnets' ranges, separated by spaces. NAMESPACE: of the pods `echo` and `denied`.
# FAMILIES: the metrics that Hubble must have.
# shellcheck disable=SC2016 # what stands in single quotes with a dollar is jq's
# shellcheck source=words.sh
. "${0%/*}/words.sh"

kube_system=/apis/apps/v1/namespaces/kube-system/daemonsets

nodes_ready() {
  api GET /api/v1/nodes | judge '
    [.items[] | select(any(.status.conditions[]; .type == "Ready" and .status == "True") | not) | .metadata.name] as $waiting
    | if (.items | length) < 2 then "\(.items | length) nodes, expected 2 or more" | fail
      elif $waiting != [] then "not ready: \($waiting | join(", "))" | fail
      else "\(.items | length) nodes" end'
}

agents_on_all_nodes() {
  api GET "$kube_system/cilium" | judge '.status
    | if .numberReady == .desiredNumberScheduled and .numberReady > 0 then "\(.numberReady) agents"
      else "\(.numberReady) of \(.desiredNumberScheduled) agents are ready" | fail end'
}

# no_daemon_set NAME: the API says that there is none.
no_daemon_set() {
  if found=$(api GET "$kube_system/$1" 2>/dev/null); then
    complain "there is a DaemonSet $1"
  else
    printf '%s' "$found" | judge 'if .code == 404 then "none" else "expected 404, got \(.code): \(.message)" | fail end'
  fi
}

# All addresses of the interfaces in private subnets, by Cilium's own book.
eni_addresses() {
  api GET /apis/cilium.io/v2/ciliumnodes | jq --arg cidrs "$PRIVATE_CIDRS" '
    [.items[].status.eni.enis[]? | select(.subnet.cidr as $cidr | $cidrs | split(" ") | index($cidr)) | .addresses[]?]'
}

addresses_of_pods() {
  addresses=$(eni_addresses) || return
  api GET '/api/v1/pods?fieldSelector=status.phase%3DRunning' | judge '
    [.items[] | select(.spec.hostNetwork != true) | {name: .metadata.name, ip: .status.podIP}] as $pods
    | [$pods[] | select(.ip as $ip | $addresses | index($ip) | not) | "\(.name) (\(.ip))"] as $strangers
    | if $pods == [] then "no pods" | fail
      elif $strangers != [] then "not of an interface in a private subnet: \($strangers | join(", "))" | fail
      else "\($pods | length) pods" end' --argjson addresses "$addresses"
}

wireguard_keys() {
  api GET /apis/cilium.io/v2/ciliumnodes | judge '
    [.items[] | select(.metadata.annotations["network.cilium.io/wg-pub-key"] == null) | .metadata.name] as $without
    | [.items[].metadata.annotations["network.cilium.io/wg-pub-key"]] as $keys
    | if .items == [] then "no nodes" | fail
      elif $without != [] then "without a key: \($without | join(", "))" | fail
      elif ($keys | unique | length) < ($keys | length) then "two nodes have the same key" | fail
      else "\($keys | length) keys" end'
}

# pods_of APP: name, address and node of each, by lines.
pods_of() {
  api GET "/api/v1/namespaces/$NAMESPACE/pods?labelSelector=app%3D$1" | jq -r '.items[] | "\(.metadata.name) \(.status.podIP) \(.spec.nodeName)"'
}

across_nodes() {
  others=0
  pods=$(pods_of echo)
  while read -r pod address home; do
    found=$(curl -sS --max-time 5 "http://$address:${ECHO_PORT:-8080}/") || { complain "$pod on $home: $found"; return 1; }
    [ "$(printf '%s' "$found" | jq -r .pod)" = "$pod" ] || { complain "$pod on $home is not who answers: $found"; return 1; }
    [ "$home" = "$NODE" ] || others=$((others + 1))
  done <<LINES
$pods
LINES
  [ "$others" -gt 0 ] || { complain "no pod on another node than $NODE"; return 1; }
  printf '%s pods on other nodes' "$others"
}

service_answers() {
  curl -sS --fail --max-time 5 "${SERVICE:-http://echo.$NAMESPACE:8080}/" | judge '"by \(.pod // ("nobody" | fail))"'
}

# A policy allows GET alone: Envoy answers all else.
http_rule() {
  code=$(curl -sS --max-time 5 -o /dev/null -w '%{http_code}' -X POST "${SERVICE:-http://echo.$NAMESPACE:8080}/") || return
  [ "$code" = 403 ] || { complain "expected 403 for POST, got $code"; return 1; }
  printf '403 for POST'
}

denied_flow() {
  read -r pod address _ <<LINE
$(pods_of denied)
LINE
  [ -n "$address" ] || { complain 'no pod'; return 1; }
  cut_off "http://$address:${DENIED_PORT:-8080}/" || return
  printf ' from %s' "$pod"
}

relay() {
  grpc --http2-prior-knowledge "${RELAY:-http://hubble-relay.kube-system:80}/observer.Observer/ServerStatus"
}

# A family is there once it has counted something, on whichever node.
metrics() {
  # Flows that others may not have made, answered or not.
  ping -c 1 -W 2 "$(pods_of echo | head -n 1 | cut -d ' ' -f 2)" >/dev/null 2>&1 || true
  dig +time=2 +tries=1 kubernetes.default.svc.cluster.local >/dev/null 2>&1 || true
  addresses=$(api GET /api/v1/nodes | jq -r '.items[].status.addresses[] | select(.type == "InternalIP") | .address')
  all=$(for address in $addresses; do
    curl -sS --fail --max-time 10 "http://$address:${METRICS_PORT:-9965}/metrics" || exit
    echo
  done) || { complain 'a node has no metrics'; return 1; }
  missing=''
  for family in $FAMILIES; do
    printf '%s\n' "$all" | grep -q "^${family}[{ ]" || missing="$missing $family"
  done
  [ -z "$missing" ] || { complain "missing:$missing"; return 1; }
  printf 'all families'
}

check nodes-are-ready eventually 60 nodes_ready
check agents-on-all-nodes eventually 60 agents_on_all_nodes
check no-aws-node no_daemon_set aws-node
check no-kube-proxy no_daemon_set kube-proxy
check pods-have-addresses-of-private-interfaces eventually 60 addresses_of_pods
check wireguard-keys-on-every-node wireguard_keys
check pods-reach-pods-across-nodes eventually 120 across_nodes
check services-without-kube-proxy eventually 60 service_answers
check http-rule-denies-other-methods eventually 60 http_rule
check denied-flow-is-denied denied_flow
check hubble-relay-answers eventually 60 relay
check metrics-have-all-families eventually 150 metrics
report
