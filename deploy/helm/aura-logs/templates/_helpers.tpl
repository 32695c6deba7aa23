{{/* The first part of every name. */}}
{{- define "aura-logs.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}
{{- end }}

{{/* A component's name. Takes (list $ "kibana"). */}}
{{- define "aura-logs.component" -}}
{{- include "aura-logs.name" (index . 0) }}-{{ index . 1 }}
{{- end }}

{{/* What selects a component's pods. Takes (list $ "kibana"). */}}
{{- define "aura-logs.selector" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
{{- end }}

{{/* Every object's labels. Takes (list $ "kibana"). */}}
{{- define "aura-logs.labels" -}}
{{ include "aura-logs.selector" . }}
app.kubernetes.io/part-of: aura-logs
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ (index . 0).Chart.Name }}-{{ (index . 0).Chart.Version }}
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

{{/* Where a component's pods may run. Takes (list $ .Values.kibana). */}}
{{- define "aura-logs.placement" -}}
{{- with (index . 1).node_selector }}
nodeSelector: {{- toYaml . | nindent 2 }}
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
        storage: {{ index . 2 }}
{{- end }}

{{/* A Kubernetes quantity in bytes: 10Gi is 10737418240. */}}
{{- define "aura-logs.bytes" -}}
{{- $factors := dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 }}
{{- $number := regexFind "^[0-9]+" . }}
{{- mul (int64 $number) (int64 (get $factors (trimPrefix $number .) | default 1)) }}
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

{{/* The names of the storage account as environment variables. */}}
{{- define "aura-logs.storageAccountEnvironment" -}}
- name: AZURE_STORAGE_ACCOUNT
  valueFrom:
    secretKeyRef:
      name: {{ .Values.storage_account.secret }}
      key: {{ .Values.storage_account.name_key }}
- name: AZURE_STORAGE_KEY
  valueFrom:
    secretKeyRef:
      name: {{ .Values.storage_account.secret }}
      key: {{ .Values.storage_account.key_key }}
{{- end }}

{{/* Binds a component's ServiceAccount to its ClusterRole. Takes (list $ "prometheus"). */}}
{{- define "aura-logs.clusterRoleBinding" -}}
{{- $name := include "aura-logs.component" . -}}
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
    name: {{ $name }}
    namespace: {{ (index . 0).Release.Namespace }}
{{- end }}
