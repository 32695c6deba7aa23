#!/bin/sh
# Waits until the event that this test sent is in Elasticsearch, exactly once.
#
# TEST_ID is in the event; URLS are Elasticsearch's, separated by commas. Of USERNAME and PASSWORD, or API_KEY, or none, come the
# credentials; CA_FILE is empty for a certificate of a public authority. WAIT_SECONDS is the limit, and the pause between two looks is
# PAUSE_SECONDS.
set -eu
: "${TEST_ID:?}" "${URLS:?}"
limit=${WAIT_SECONDS:-120}
url="${URLS%%,*}/aura-services-*/_count"
query="{\"query\": {\"match_phrase\": {\"helm_test\": \"$TEST_ID\"}}}"

credentials() {
  if [ -n "${API_KEY:-}" ]; then
    printf 'header = "Authorization: ApiKey %s"\n' "$API_KEY"
  elif [ -n "${USERNAME:-}" ]; then
    printf 'user = "%s:%s"\n' "$USERNAME" "${PASSWORD:-}"
  fi
}

waited=0
answer=
while [ "$waited" -lt "$limit" ]; do
  answer=$(credentials | curl --config - --silent --show-error --max-time 10 ${CA_FILE:+--cacert "$CA_FILE"} \
    --header 'Content-Type: application/json' --data "$query" "$url" 2>&1) || true
  case $answer in
    *'"count":1,'*)
      echo "The event $TEST_ID was found once, after $waited s."
      exit 0
      ;;
    *'"count":0,'* | '') ;;
    *'"count":'*)
      echo "The event $TEST_ID was found more than once: $answer" >&2
      exit 1
      ;;
  esac
  sleep "${PAUSE_SECONDS:-2}"
  waited=$((waited + ${PAUSE_SECONDS:-2}))
done
echo "The event $TEST_ID was not found within $limit s. Elasticsearch's last answer: $answer" >&2
exit 1
