#!/bin/sh
# The node-local cache answers on both addresses and spares CoreDNS; ExternalDNS writes a record and takes it away again.
#
# CACHES: addresses to ask. ZONE: a hosted zone, with a record `long` whose own life is longer. TTL, NEGATIVE_TTL: the longest life of an answer.
# shellcheck source=words.sh
. "${0%/*}/words.sh"

: "${PORT:=53}"
known=kubernetes.default.svc.cluster.local
host="probe.$ZONE"
ingresses=/apis/networking.k8s.io/v1/namespaces/default/ingresses

# ask ADDRESS NAME [OPTIONS...]
ask() {
  address=$1 asked=$2
  shift 2
  dig "@$address" -p "$PORT" +time=2 +tries=2 +nosearch "$@" "$asked" A
}

# life SECTION ADDRESS NAME: how long the first record of a section may be kept.
life() {
  ask "$2" "$3" +noall "+$1" | awk 'NF >= 5 && $1 !~ /^;/ { print $2; exit }'
}

answers() {
  found=$(ask "$1" "$known" +short) || { complain "$found"; return 1; }
  [ -n "$found" ] || { complain "no address for $known"; return 1; }
  printf '%s' "$found"
}

# lives_no_longer_than SECONDS SECTION ADDRESS NAME: and a second answer comes from the cache, so it has aged.
lives_no_longer_than() {
  for try in first second third; do # it may have ended in between
    first=$(life "$2" "$3" "$4")
    [ -n "$first" ] || { complain "no record for $4"; return 1; }
    [ "$first" -le "$1" ] || { complain "$4 may be kept for $first s, expected $1 s at most"; return 1; }
    sleep 2
    second=$(life "$2" "$3" "$4")
    if [ "${second:-$first}" -lt "$first" ]; then
      printf '%s s, then %s s' "$first" "$second"
      return
    fi
  done
  complain "$4 may be kept for $first s, and 2 s later for ${second:-no} s, at a $try try: not from a cache"
}

# queries: what all pods of CoreDNS have answered since they started.
queries() {
  addresses=$(api GET '/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns' | jq -r '.items[].status.podIP')
  [ -n "$addresses" ] || return
  for address in $addresses; do
    curl -sS --fail --max-time 10 "http://$address:${METRICS_PORT:-9153}/metrics" || return
  done | awk '/^coredns_dns_requests_total/ { sum += $NF } END { printf "%d", sum }'
}

spares_coredns() {
  before=$(queries)
  [ -n "$before" ] || { complain 'CoreDNS has no metrics'; return 1; }
  count=0
  while [ "$count" -lt 100 ]; do
    ask "$1" "$known" +short >/dev/null || { complain "query $count was not answered"; return 1; }
    count=$((count + 1))
  done
  more=$(($(queries) - before))
  [ "$more" -lt 50 ] || { complain "100 queries to the cache made $more to CoreDNS, expected fewer than 50"; return 1; }
  printf '100 queries, %s to CoreDNS' "$more"
}

# An Ingress of no class: no load balancer is made, its address is written by hand.
make_ingress() {
  api POST "$ingresses" "{\"apiVersion\": \"networking.k8s.io/v1\", \"kind\": \"Ingress\",
    \"metadata\": {\"name\": \"probe-dns\", \"annotations\": {\"external-dns.alpha.kubernetes.io/ttl\": \"10\"}},
    \"spec\": {\"rules\": [{\"host\": \"$host\"}]}}" | judge '.metadata.name // ("not made" | fail)' || return
  api PATCH "$ingresses/probe-dns/status" '{"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.10"}]}}}' application/merge-patch+json |
    judge '" with \(.status.loadBalancer.ingress[0].ip // ("no address" | fail))"'
}

record_is() {
  found=$(dig -p "$PORT" ${RESOLVER:+"@$RESOLVER"} +time=2 +tries=2 +short "$host" A) || { complain "$found"; return 1; }
  [ "$found" = "$1" ] || { complain "expected '$1' for $host, got '$found'"; return 1; }
  printf '%s' "${found:-none}"
}

drop_ingress() {
  api DELETE "$ingresses/probe-dns" | judge '.status.status? // .status // "gone" | tostring'
}

for cache in $CACHES; do
  check "cache-answers-on-$cache" eventually 60 answers "$cache"
  check "answers-of-$cache-live-no-longer-than-$TTL-s" lives_no_longer_than "$TTL" answer "$cache" "long.$ZONE"
  check "denials-of-$cache-live-no-longer-than-$NEGATIVE_TTL-s" lives_no_longer_than "$NEGATIVE_TTL" authority "$cache" "none.$ZONE"
  check "$cache-spares-coredns" spares_coredns "$cache"
done
check ingress-is-made make_ingress
check record-appears eventually 200 record_is 192.0.2.10
check ingress-is-deleted drop_ingress
check record-goes eventually 240 record_is ''
report
