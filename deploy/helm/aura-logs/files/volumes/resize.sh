#!/bin/sh
# Resizes the volume claims of StatefulSets before an upgrade or a rollback that changes their size. Kubernetes lets nobody change
# the claims of a StatefulSet, so a changed one is deleted without its pods, which go on; the upgrade makes it anew, and it
# takes them over.
#
# First everything is tried without effect: when one claim can't be resized, nothing has changed and the upgrade stops. A claim
# that is larger than asked for keeps its size, which is what a rollback needs.
#
# SETS has a line for each StatefulSet: its name, its replicas, its size. NAMESPACE is theirs. The Kubernetes API is called with the
# pod's own account; API and ACCOUNT_DIRECTORY say where in tests. WAIT_SECONDS is the pause while a deleted set is still there.
set -eu
: "${SETS:?}" "${NAMESPACE:?}"
api=${API:-https://kubernetes.default.svc}
account=${ACCOUNT_DIRECTORY:-/var/run/secrets/kubernetes.io/serviceaccount}
set_url=$api/apis/apps/v1/namespaces/$NAMESPACE/statefulsets
claim_url=$api/api/v1/namespaces/$NAMESPACE/persistentvolumeclaims

# METHOD URL [BODY]: sets $status and $answer.
call() {
  set -- "$1" "$2" "${3:-}"
  answer=$(printf 'header = "Authorization: Bearer %s"\n' "$(cat "$account/token")" |
    curl --config - --silent --show-error --max-time 30 --cacert "$account/ca.crt" --request "$1" \
      --header "Content-Type: $( [ "$1" = PATCH ] && echo application/merge-patch+json || echo application/json )" \
      ${3:+--data "$3"} --write-out '\n%{http_code}' "$2")
  status=${answer##*
}
}

refuse() {
  echo "$1: the API answers $status: $answer" >&2
  echo "No volume claim and no StatefulSet has been changed." >&2
  exit 1
}

# CLAIM SIZE [QUERY]: true when the claim has, or gets, the size; false when it is larger. Without a claim: true.
resize() {
  call PATCH "$claim_url/$1${3:-}" "{\"spec\": {\"resources\": {\"requests\": {\"storage\": \"$2\"}}}}"
  case $status in
    200 | 404) return 0 ;;
  esac
  case $answer in
    *"can not be less than"*) return 1 ;;
  esac
  refuse "The claim $1 can't be resized to $2"
}

# Calls COMMAND NAME CLAIM SIZE for each claim.
for_each_claim() {
  while read -r name replicas size; do
    [ -n "$name" ] || continue
    ordinal=0
    while [ "$ordinal" -lt "$replicas" ]; do
      "$1" "data-$name-$ordinal" "$size"
      ordinal=$((ordinal + 1))
    done
  done <<END
$SETS
END
}

try() { resize "$1" "$2" '?dryRun=All' || echo "$1 is larger than $2 and keeps its size."; }
apply() { resize "$1" "$2" || true; }

# 1. Which StatefulSets were made with another size?
changed=
while read -r name replicas size; do
  [ -n "$name" ] || continue
  call GET "$set_url/$name"
  case $status in
    404) continue ;;
    200) ;;
    *) refuse "The StatefulSet $name can't be read" ;;
  esac
  case $answer in
    *"\"aura-logs/volume-size\":\"$size\""*) ;;
    *) changed="$changed $name" ;;
  esac
done <<END
$SETS
END

# 2. Would all claims take their size? 3. Let them.
for_each_claim try
for_each_claim apply

# 4. The sets whose claims are others now go, without their pods.
for name in $changed; do
  echo "The StatefulSet $name is made anew around its pods."
  call DELETE "$set_url/$name" '{"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Orphan"}'
  waited=0
  while [ "$status" != 404 ]; do
    [ "$waited" -lt 120 ] || { echo "The StatefulSet $name is still there after $waited tries." >&2; exit 1; }
    waited=$((waited + 1))
    sleep "${WAIT_SECONDS:-1}"
    call GET "$set_url/$name"
  done
done
