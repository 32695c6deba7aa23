#!/bin/bash
# Runs before each start of an Elasticsearch node and writes what it alone knows to PREPARED_DIRECTORY:
#
#   elasticsearch.keystore   the storage account's name and key, which Elasticsearch takes from nowhere else, and the first password,
#                            which the image would add itself if it could write to a mounted file
#   elasticsearch.yml        CONFIG_FILE, and cluster.initial_master_nodes where this node has to form the cluster
#
# The first node alone forms the cluster, and only if it has no data and none of the other nodes is in a cluster: so the list
# of nodes is no part of the configuration, more nodes change nothing for those that run, and a first node that lost its volume
# joins the others instead of starting a second cluster.
#
# From the environment: POD_NAME, HEADLESS_SERVICE, PEERS (how many nodes there may be), ELASTIC_PASSWORD, and with snapshots
# AZURE_STORAGE_ACCOUNT and, unless the pod has an identity, AZURE_STORAGE_KEY; DATA_DIRECTORY, CONFIG_FILE, PREPARED_DIRECTORY, CA_FILE.
set -euo pipefail

write_keystore() {
  bin/elasticsearch-keystore create
  printf %s "$ELASTIC_PASSWORD" | bin/elasticsearch-keystore add --stdin bootstrap.password
  if [ -n "${AZURE_STORAGE_ACCOUNT:-}" ]; then
    printf %s "$AZURE_STORAGE_ACCOUNT" | bin/elasticsearch-keystore add --stdin azure.client.default.account
    # Without a key Elasticsearch gets in with the pod's identity.
    if [ -n "${AZURE_STORAGE_KEY:-}" ]; then
      printf %s "$AZURE_STORAGE_KEY" | bin/elasticsearch-keystore add --stdin azure.client.default.key
    fi
  fi
  cp config/elasticsearch.keystore "$PREPARED_DIRECTORY/"
}

has_data() { [ -n "$(find "$DATA_DIRECTORY" -mindepth 1 -maxdepth 1 ! -name lost+found -print -quit)" ]; }

# Without a master a node answers 408 or 503.
is_in_a_cluster() {
  curl --silent --output /dev/null --fail --max-time 5 --cacert "$CA_FILE" --config <(printf 'user = "elastic:%s"\n' "$ELASTIC_PASSWORD") \
    "https://$1.$HEADLESS_SERVICE:9200/_cluster/health?timeout=2s"
}

must_form_the_cluster() {
  local base=${POD_NAME%-*} ordinal=${POD_NAME##*-} peer
  if [ "$ordinal" != 0 ] || has_data; then
    return 1
  fi
  for ((peer = 1; peer < PEERS; peer++)); do
    if is_in_a_cluster "$base-$peer"; then
      return 1
    fi
  done
}

write_keystore
cp "$CONFIG_FILE" "$PREPARED_DIRECTORY/elasticsearch.yml"
if must_form_the_cluster; then
  printf '\ncluster.initial_master_nodes: [%s]\n' "$POD_NAME" >> "$PREPARED_DIRECTORY/elasticsearch.yml"
  echo "$POD_NAME forms the cluster."
fi
