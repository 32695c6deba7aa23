#!/bin/bash
# Gives Kibana its password, and AuraLogs a user that may do what AuraLogs does and nothing else. Runs after each install and
# upgrade; running it again changes nothing.
#
# ELASTICSEARCH_URL, CA_FILE, ELASTIC_PASSWORD, KIBANA_SYSTEM_PASSWORD, AURALOGS_PASSWORD come from the environment; passwords
# must not need escaping in JSON. WAIT_SECONDS is the pause while Elasticsearch is not ready; 5 without it.
set -euo pipefail

call() {
  local method=$1 path=$2
  curl --silent --show-error --fail-with-body --max-time 30 --cacert "$CA_FILE" --config <(printf 'user = "elastic:%s"\n' "$ELASTIC_PASSWORD") \
    --request "$method" --header 'Content-Type: application/json' --data-binary @- "$ELASTICSEARCH_URL$path" && echo
}

until call GET '/_cluster/health?wait_for_status=yellow&timeout=10s' < /dev/null; do
  echo 'Elasticsearch is not ready yet.'
  sleep "${WAIT_SECONDS:-5}"
done

call POST /_security/user/kibana_system/_password <<JSON
{"password": "$KIBANA_SYSTEM_PASSWORD"}
JSON

# The privileges beyond writing are for the templates, the retention and the
# snapshots that AuraLogs looks after; read is for logs that came too late for
# their index, delete for dead letters that are replayed; Kibana's is for the
# data view. docs/lifecycle.md has the table.
call PUT /_security/role/auralogs <<'JSON'
{
  "cluster": ["monitor", "manage_ilm", "manage_slm", "manage_index_templates", "create_snapshot",
              "cluster:admin/repository/*", "cluster:admin/snapshot/*"],
  "indices": [
    {
      "names": ["aura-services-*", "aura-dead-letters-*", "restored-aura-services-*"],
      "privileges": ["create_index", "create_doc", "read", "view_index_metadata", "monitor", "manage"]
    },
    {
      "names": ["aura-dead-letters-*"],
      "privileges": ["delete"]
    }
  ],
  "applications": [
    {"application": "kibana-.kibana", "privileges": ["feature_indexPatterns.all"], "resources": ["*"]}
  ]
}
JSON

call PUT /_security/user/auralogs <<JSON
{"password": "$AURALOGS_PASSWORD", "roles": ["auralogs"], "full_name": "AuraLogs"}
JSON
