#!/bin/sh
# Each pattern of Ingress gives the right answer through its load balancer, by TLS with a certificate that holds.
#
# ZONE: the hosts' domain. WEB, API_GATEWAY, GRPC, MICROSERVICES, WS: the load balancers' own names. Connecting to these needs no record.
# shellcheck source=words.sh
. "${0%/*}/words.sh"

: "${TLS_PORT:=443}" "${HTTP_PORT:=80}"

# visit LOAD-BALANCER HOST PATH [CURL-ARGUMENTS...]
visit() {
  balancer=$1 host=$2 path=$3
  shift 3
  curl -sS --max-time 10 --connect-to "$host:443:$balancer:$TLS_PORT" "$@" "https://$host$path"
}

# served BACKEND LOAD-BALANCER HOST PATH
served() {
  backend=$1
  shift
  body=$(visit "$@" --fail) || { complain "$body"; return 1; }
  found=$(printf '%s' "$body" | jq -r .backend)
  [ "$found" = "$backend" ] || { complain "expected the backend $backend, got: $body"; return 1; }
  printf '%s' "$found"
}

# code EXPECTED LOAD-BALANCER HOST PATH
code() {
  expected=$1
  shift
  found=$(visit "$@" -o /dev/null -w '%{http_code}') || { complain "$found"; return 1; }
  [ "$found" = "$expected" ] || { complain "expected $expected, got $found"; return 1; }
  printf '%s' "$found"
}

redirects() {
  found=$(curl -sS --max-time 10 --connect-to "$2:80:$1:$HTTP_PORT" -o /dev/null -w '%{http_code} %{redirect_url}' "http://$2/") || { complain "$found"; return 1; }
  case $found in
    30[1278]' https://'"$2"[:/]*) printf '%s' "$found" ;;
    *) complain "expected a redirect to https://$2, got $found" ;;
  esac
}

serves_grpc() {
  grpc --http2 --connect-to "$2:443:$1:$TLS_PORT" "https://$2/grpc.health.v1.Health/Check"
}

# The key and what it is answered with are those of RFC 6455; the server then says hello in a frame of its own.
upgrades() {
  folder=$(mktemp -d)
  visit "$1" "$2" /ws --http1.1 -N --max-time 4 -D "$folder/headers" -o "$folder/body" -H 'Connection: Upgrade' -H 'Upgrade: websocket' \
    -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' 2>"$folder/error" || true # the connection stays open
  headers=$(tr -d '\r' <"$folder/headers" 2>/dev/null)
  body=$(tr -cd '[:print:]' <"$folder/body" 2>/dev/null)
  error=$(cat "$folder/error")
  rm -r "$folder"
  case $headers in
    *' 101 '*s3pPLMBiTxaQ9kYGzzhZRbK+xOo=*) ;;
    *) complain "no upgrade: $(printf '%s' "$headers" | head -n 1) $error"; return 1 ;;
  esac
  case $body in
    *hello*) printf 'hello' ;;
    *) complain "no frame after the upgrade, but: $body"; return 1 ;;
  esac
}

check public-web-application eventually 240 served web "$WEB" "web.$ZONE" /
check public-web-application-redirects-http eventually 60 redirects "$WEB" "web.$ZONE"
check internal-api eventually 240 served web "$API_GATEWAY" "api.$ZONE" /v1
check internal-api-has-no-other-path eventually 60 code 404 "$API_GATEWAY" "api.$ZONE" /v2
check grpc-service eventually 240 serves_grpc "$GRPC" "grpc.$ZONE"
for service in users orders products; do
  check "microservices-$service" eventually 120 served "$service" "$MICROSERVICES" "shop.$ZONE" "/$service"
done
check websocket-application eventually 120 upgrades "$WS" "ws.$ZONE"
report
