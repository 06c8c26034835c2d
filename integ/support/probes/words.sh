# shellcheck shell=sh
# The words that probes are written in. Sourced by each; POSIX sh.

: "${PROBE_REPORT:=/dev/termination-log}" # the message with which the container ends
: "${PROBE_SECONDS:=600}"                 # all checks together
: "${PROBE_PAUSE:=5}"                     # between two tries
: "${API:=https://kubernetes.default.svc}"
: "${ACCOUNT:=/var/run/secrets/kubernetes.io/serviceaccount}"

ends=$(($(date +%s) + PROBE_SECONDS))
passed=0 failed=0 good='' bad=''

# check NAME COMMAND...: a command that passes or fails, and what it said.
check() {
  name=$1
  shift
  if said=$("$@" 2>&1); then
    passed=$((passed + 1))
    good="$good
ok $name: $(printf '%s' "$said" | tr '\n' ' ')"
  else
    failed=$((failed + 1))
    bad="$bad
FAILED $name: $(printf '%s' "${said:-no words}" | tr '\n' ' ' | cut -c1-150)"
  fi
}

# eventually SECONDS COMMAND...: the command is tried until it passes, or its time is up.
eventually() {
  until=$(($(date +%s) + $1))
  shift
  while ! answer=$("$@" 2>&1); do
    now=$(date +%s)
    if [ "$now" -ge "$until" ] || [ "$now" -ge "$ends" ]; then
      printf '%s' "$answer"
      return 1
    fi
    sleep "$PROBE_PAUSE"
  done
  printf '%s' "$answer"
}

# complain WORDS: the reason of a failure.
complain() {
  printf '%s' "$*"
  return 1
}

# api METHOD PATH [BODY [TYPE]]: asks the Kubernetes API.
api() {
  curl -sS --fail-with-body --max-time 10 --cacert "$ACCOUNT/ca.crt" -X "$1" -H "Authorization: Bearer $(cat "$ACCOUNT/token")" \
    -H "Content-Type: ${4:-application/json}" ${3:+--data "$3"} "$API$2"
}

# judge PROGRAM [OPTIONS...]: jq over what comes in. The program says "words" | fail, or the words of success. Where nothing comes in it fails.
judge() {
  program="def fail: halt_error(1); (try input catch (\"no answer\" | fail)) | $1"
  shift
  jq -nr "$@" "$program"
}

# grpc CURL-ARGUMENTS... URL: a unary call with an empty message. Says how many bytes came back.
grpc() {
  folder=$(mktemp -d)
  printf '\000\000\000\000\000' >"$folder/empty"
  if curl -sS --max-time 10 -D "$folder/headers" -o "$folder/body" -X POST --data-binary "@$folder/empty" \
    -H 'content-type: application/grpc' -H 'te: trailers' "$@" 2>"$folder/error"; then
    status=$(tr -d '\r' <"$folder/headers" | sed -n 's/^grpc-status: *//p' | tail -n 1)
    said="grpc-status ${status:-none}, $(wc -c <"$folder/body" | tr -d ' ') bytes, $(head -n 1 "$folder/headers" | tr -d '\r')"
  else
    status=none said=$(cat "$folder/error")
  fi
  rm -r "$folder"
  printf '%s' "$said"
  [ "$status" = 0 ]
}

# cut_off CURL-ARGUMENTS... URL: no packet comes back. A refusal is an answer, and so is a failed look-up a mistake of the check.
cut_off() {
  code=0
  answer=$(curl -sS --max-time "${CUT_SECONDS:-5}" -o /dev/null -w '%{http_code}' "$@" 2>&1) || code=$?
  if [ "$code" != 28 ]; then
    complain "expected silence, got curl's exit code $code: $answer"
    return 1
  fi
  printf 'silence'
}

# report: writes the report, failures first, and ends.
report() {
  if [ "$failed" = 0 ] && [ "$passed" -gt 0 ]; then
    text="PASSED $passed of $passed checks$good"
  else
    text="FAILED $failed of $((passed + failed)) checks$bad$good"
  fi
  # CloudFormation takes 4 KB of an error with all around it, and IntegTest's provider says it twice, the second time with more escapes.
  printf '%s\n' "$text" | tr '"\134' "'/" | sed 's/ *$//' | cut -c1-200 | head -c 1400 | tee "$PROBE_REPORT"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
