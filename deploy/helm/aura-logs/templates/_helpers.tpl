{{/* The first part of every name. */}}
{{- define "aura-logs.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}
{{- end }}

{{/* A component's name: the profile's name_overrides, else the release's name and the component's. Takes (list $ "kibana"). */}}
{{- define "aura-logs.component" -}}
{{- get (index . 0).Values.name_overrides (index . 1) | default (printf "%s-%s" (include "aura-logs.name" (index . 0)) (index . 1)) }}
{{- end }}

{{/* The name of what belongs to no namespace, so that two releases of one name don't share it. Takes (list $ "prometheus"). */}}
{{- define "aura-logs.clusterName" -}}
{{- printf "%s-%s" (index . 0).Release.Namespace (include "aura-logs.component" .) }}
{{- end }}

{{/* What selects a component's pods. Takes (list $ "kibana"). */}}
{{- define "aura-logs.selector" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
{{- end }}

{{/* A pod's labels. Not the chart's version: a new one alone must not replace pods. Takes (list $ "kibana"). */}}
{{- define "aura-logs.podLabels" -}}
{{ include "aura-logs.selector" . }}
app.kubernetes.io/part-of: aura-logs
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
{{- end }}

{{/* Every object's labels. Takes (list $ "kibana"). */}}
{{- define "aura-logs.labels" -}}
{{ include "aura-logs.podLabels" . }}
helm.sh/chart: {{ (index . 0).Chart.Name }}-{{ (index . 0).Chart.Version }}
{{- end }}

{{/*
The text of one file of the chart. A file that is missing or empty fails the rendering: some tools leave out files that they
can't read, and an empty configuration would be applied without a word. Takes (list $ "files/name").
*/}}
{{- define "aura-logs.file" -}}
{{- $text := (index . 0).Files.Get (index . 1) }}
{{- if not (trim $text) }}{{ fail (printf "The chart's file %s is missing or empty." (index . 1)) }}{{ end }}
{{- $text }}
{{- end }}

{{/* The files that match a pattern as entries of a ConfigMap; at least one, and none of them empty. Takes (list $ "files/*.yml"). */}}
{{- define "aura-logs.fileEntries" -}}
{{- $root := index . 0 }}
{{- $found := $root.Files.Glob (index . 1) }}
{{- if not $found }}{{ fail (printf "The chart has no file %s." (index . 1)) }}{{ end }}
{{- range $path, $_ := $found }}
{{ base $path }}: |
  {{- include "aura-logs.file" (list $root $path) | nindent 2 }}
{{- end }}
{{- end }}

{{/* A checksum of a ConfigMap's data, without its labels, which name the chart's version. Takes (list $ "/component/config.yaml"). */}}
{{- define "aura-logs.checksum" -}}
{{- get (include (print (index . 0).Template.BasePath (index . 1)) (index . 0) | fromYaml) "data" | toJson | sha256sum }}
{{- end }}

{{/* The address that stands for all of a pod's: of IPv4, or with ip_family IPv6 of both, where the pod has both. */}}
{{- define "aura-logs.anyAddress" -}}
{{ ternary "::" "0.0.0.0" (eq .Values.ip_family "IPv6") }}
{{- end }}

{{/* The same before a port. Takes (list $ 10902). */}}
{{- define "aura-logs.listen" -}}
{{ ternary "[::]" "0.0.0.0" (eq (index . 0).Values.ip_family "IPv6") }}:{{ index . 1 }}
{{- end }}

{{/* What makes this chart's Prometheus scrape a pod. Takes a port. */}}
{{- define "aura-logs.scrape" -}}
prometheus.io/scrape: "true"
prometheus.io/port: {{ . | quote }}
{{- end }}

{{/* A pod that isn't root. Takes a user id. */}}
{{- define "aura-logs.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* A container that can change nothing but its volumes. */}}
{{- define "aura-logs.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* What a container needs that only prepares something. */}}
{{- define "aura-logs.initResources" -}}
requests: {cpu: 10m, memory: 32Mi}
limits: {memory: 128Mi}
{{- end }}

{{/* Where a component's pods may run. Takes (list $ .Values.kibana). */}}
{{- define "aura-logs.placement" -}}
{{- with (index . 1).node_selector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with (index . 1).affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with (index . 1).tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with (index . 0).Values.image_pull_secrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Replicas on different nodes, and different zones, where there are any. Takes (list $ "auralogs"). */}}
{{- define "aura-logs.spread" -}}
topologySpreadConstraints:
{{- $context := . }}
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "aura-logs.selector" $context | nindent 8 }}
{{- end }}
{{- end }}

{{/* A StatefulSet's volume claim. Takes (list $ "data" "10Gi"). */}}
{{- define "aura-logs.claim" -}}
- metadata:
    name: {{ index . 1 }}
  spec:
    accessModes: [ReadWriteOnce]
    {{- with (index . 0).Values.storage_class }}
    storageClassName: {{ . }}
    {{- end }}
    resources:
      requests:
        storage: {{ include "aura-logs.quantity" (index . 2) }}
{{- end }}

{{/*
What tells the size of a StatefulSet's claims, which Kubernetes doesn't let anybody change: files/volumes/resize.sh compares it.
Takes a size.
*/}}
{{- define "aura-logs.volumeSize" -}}
aura-logs/volume-size: {{ include "aura-logs.quantity" . | quote }}
{{- end }}

{{/* A size as Kubernetes writes it: a number without a unit means Gi. */}}
{{- define "aura-logs.quantity" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ printf "%vGi" . }}{{ end }}
{{- end }}

{{/* A size in bytes: 10Gi and 10 are 10737418240, 1.5Ti is 1649267441664. */}}
{{- define "aura-logs.bytes" -}}
{{- $factors := dict "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "M" 1000000 "G" 1000000000 "T" 1000000000000 }}
{{- $quantity := include "aura-logs.quantity" . }}
{{- $number := regexFind "^[0-9.]+" $quantity }}
{{- mulf (float64 $number) (get $factors (trimPrefix $number $quantity)) | int64 }}
{{- end }}

{{/* Refuses a volume on which a service can't work. Takes (list "auralogs.storage" size "1Gi"). */}}
{{- define "aura-logs.requireSize" -}}
{{- if lt (include "aura-logs.bytes" (index . 1) | int64) (include "aura-logs.bytes" (index . 2) | int64) }}
{{- fail (printf "%s: %s is too small, at least %s" (index . 0) (include "aura-logs.quantity" (index . 1)) (index . 2)) }}
{{- end }}
{{- end }}

{{/*
How many replicas AuraLogs has. With autoscaling: what the autoscaler has made of them, for a number of our own would take replicas away;
without a cluster to ask, the profile's.
*/}}
{{- define "aura-logs.replicas" -}}
{{- $replicas := int .Values.auralogs.replicas }}
{{- if .Values.auralogs.autoscaling.enabled }}
{{- $set := lookup "apps/v1" "StatefulSet" .Release.Namespace (include "aura-logs.name" .) }}
{{- $replicas = max $replicas (min (int .Values.auralogs.autoscaling.max_replicas) ($set | dig "spec" "replicas" 0 | int)) }}
{{- end }}
{{- $replicas }}
{{- end }}

{{/* How many it may come to have. */}}
{{- define "aura-logs.maxReplicas" -}}
{{- if .Values.auralogs.autoscaling.enabled }}{{ max .Values.auralogs.replicas .Values.auralogs.autoscaling.max_replicas | int }}{{ else }}{{ int .Values.auralogs.replicas }}{{ end }}
{{- end }}

{{/* log_retention_time in days: 7d and 7 are 7. */}}
{{- define "aura-logs.retentionDays" -}}
{{- .Values.log_retention_time | toString | trimSuffix "d" }}
{{- end }}

{{/* The password of one name in a Secret that this chart makes: what it is already, else a new one. Takes (list $ secret key). */}}
{{- define "aura-logs.keptPassword" -}}
{{- $existing := lookup "v1" "Secret" (index . 0).Release.Namespace (index . 1) }}
{{- if and $existing (hasKey $existing.data (index . 2)) }}{{ index $existing.data (index . 2) }}{{ else }}{{ randAlphaNum 32 | b64enc }}{{ end }}
{{- end }}

{{- define "aura-logs.elasticsearchCredentials" -}}
{{- .Values.elasticsearch.credentials_secret | default (include "aura-logs.component" (list . "elasticsearch-credentials")) }}
{{- end }}

{{- define "aura-logs.elasticsearchCertificate" -}}
{{- .Values.elasticsearch.certificate_secret | default (include "aura-logs.component" (list . "elasticsearch-certificate")) }}
{{- end }}

{{- define "aura-logs.elasticsearchUrl" -}}
https://{{ include "aura-logs.component" (list . "elasticsearch") }}:9200
{{- end }}

{{/* The storage account as environment variables: its name, and its key unless pods get in with an identity of their own. */}}
{{- define "aura-logs.storageAccountEnvironment" -}}
{{- $v := .Values.storage_account -}}
{{- if $v.workload_identity.client_id -}}
- name: AZURE_STORAGE_ACCOUNT
  value: {{ required "storage_account.workload_identity.account: the storage account's name" $v.workload_identity.account }}
{{- else -}}
{{ include "aura-logs.secretVariable" (list "AZURE_STORAGE_ACCOUNT" $v.secret $v.name_key) | trim }}
{{ include "aura-logs.secretVariable" (list "AZURE_STORAGE_KEY" $v.secret $v.key_key) | trim }}
{{- end }}
{{- end }}

{{/*
What Azure's libraries read where a pod has an identity instead of a key (Microsoft Entra Workload ID): whose it is, and the file with the
token of the pod's ServiceAccount. Takes (list $ "directory of the token").
*/}}
{{- define "aura-logs.workloadIdentityEnvironment" -}}
{{- $v := (index . 0).Values.storage_account.workload_identity -}}
- name: AZURE_CLIENT_ID
  value: {{ $v.client_id }}
- name: AZURE_TENANT_ID
  value: {{ required "storage_account.workload_identity.tenant_id: the tenant of client_id" $v.tenant_id }}
- name: AZURE_AUTHORITY_HOST
  value: {{ $v.authority_host }}
- name: AZURE_FEDERATED_TOKEN_FILE
  value: {{ index . 1 }}/azure-identity-token
{{- end }}

{{/* That token. The kubelet renews it. */}}
{{- define "aura-logs.workloadIdentityVolume" -}}
- name: azure-identity-token
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken:
          audience: api://AzureADTokenExchange
          expirationSeconds: 3600
          path: azure-identity-token
{{- end }}

{{/* Binds a component's ServiceAccount to its ClusterRole. Takes (list $ "prometheus"). */}}
{{- define "aura-logs.clusterRoleBinding" -}}
{{- $name := include "aura-logs.clusterName" . -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ $name }}
  labels: {{- include "aura-logs.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ $name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "aura-logs.component" . }}
    namespace: {{ (index . 0).Release.Namespace }}
{{- end }}
