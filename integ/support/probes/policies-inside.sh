#!/bin/sh
# In a namespace that denies by default: DNS and EKS Pod Identity work, all else is cut off.
#
# ELSEWHERE: a URL of a pod in another namespace.
# shellcheck source=words.sh
. "${0%/*}/words.sh"

dns() {
  found=$(dig ${RESOLVER:+"@$RESOLVER"} ${DNS_PORT:+-p "$DNS_PORT"} +time=2 +tries=2 +short kubernetes.default.svc.cluster.local A) || { complain "$found"; return 1; }
  [ -n "$found" ] || { complain 'no address'; return 1; }
  printf '%s' "$found"
}

pod_identity() {
  [ -n "${AWS_CONTAINER_CREDENTIALS_FULL_URI:-}" ] || { complain 'the pod was given no AWS_CONTAINER_CREDENTIALS_FULL_URI'; return 1; }
  # Only whether there are credentials, never which: this is written down.
  curl -sS --max-time 5 -H "Authorization: $(cat "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")" "$AWS_CONTAINER_CREDENTIALS_FULL_URI" |
    judge 'if has("AccessKeyId") and has("SecretAccessKey") and has("Token") then "credentials" else "no credentials, but: \(keys | join(", "))" | fail end'
}

check dns-works eventually 60 dns
check pod-identity-works eventually 60 pod_identity
check other-namespaces-are-cut-off cut_off "$ELSEWHERE"
check kubernetes-api-is-cut-off cut_off -k "$API/version"
check internet-is-cut-off cut_off "${INTERNET:-https://checkip.amazonaws.com/}"
check instance-metadata-is-cut-off cut_off -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "${METADATA:-http://169.254.169.254}/latest/api/token"
report
