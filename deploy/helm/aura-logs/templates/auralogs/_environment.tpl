{{/* Whether there is a certificate authority to check Elasticsearch by. */}}
{{- define "aura-logs.elasticsearchAuthority" -}}
{{- if or .Values.elasticsearch.enabled .Values.auralogs.external_elasticsearch.ca_secret }}true{{ else }}false{{ end }}
{{- end }}

{{/* One variable out of a Secret. Takes (list variable secret key). */}}
{{- define "aura-logs.secretVariable" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
{{- end }}

{{/* What AuraLogs is told. Its configuration's keys, with __ for the colon. */}}
{{- define "aura-logs.environment" -}}
{{- $v := .Values.auralogs }}
{{- $external := $v.external_elasticsearch }}
{{- $settings := dict
      "Queue:Path" "/data/queue"
      "Queue:MaxBytes" (div (mul (int64 (include "aura-logs.bytes" $v.storage)) (int64 $v.storage_percent)) 100)
      "Lifecycle:RetentionDays" (include "aura-logs.retentionDays" .)
      "Lifecycle:Snapshots" .Values.elasticsearch.snapshots.enabled }}
{{- if .Values.elasticsearch.enabled }}
  {{- $_ := set $settings "Elasticsearch:Urls" (include "aura-logs.elasticsearchUrl" .) }}
  {{- $_ := set $settings "Elasticsearch:Username" "auralogs" }}
  {{- $_ := set $settings "Lifecycle:Replicas" (ternary 0 1 (eq (int .Values.elasticsearch.replicas) 1)) }}
{{- else }}
  {{- $_ := set $settings "Elasticsearch:Urls" $external.urls }}
{{- end }}
{{- if eq (include "aura-logs.elasticsearchAuthority" .) "true" }}
  {{- $_ := set $settings "Elasticsearch:CertificateAuthority" "/etc/auralogs/elasticsearch/ca.crt" }}
{{- end }}
{{- if .Values.elasticsearch.snapshots.enabled }}
  {{- $_ := set $settings "Lifecycle:SnapshotRetentionDays" .Values.elasticsearch.snapshots.retention_days }}
  {{- $_ := set $settings "Lifecycle:Repository:Type" "azure" }}
  {{- $_ := set $settings "Lifecycle:Repository:Container" .Values.elasticsearch.snapshots.container }}
  {{- $_ := set $settings "Lifecycle:Repository:BasePath" .Values.elasticsearch.snapshots.base_path }}
{{- end }}
{{- if .Values.kibana.enabled }}
  {{- $_ := set $settings "Kibana:Url" (printf "http://%s:5601" (include "aura-logs.component" (list . "kibana"))) }}
{{- end }}
{{- if $v.tls.secret }}
  {{- $_ := set $settings "Forward:Tls:Certificate" "/etc/auralogs/forward/tls.crt" }}
  {{- $_ := set $settings "Forward:Tls:Key" "/etc/auralogs/forward/tls.key" }}
{{- end }}
{{- range $key, $value := merge (dict) $v.settings $settings }}
- name: AuraLogs__{{ $key | replace ":" "__" }}
  value: {{ if kindIs "float64" $value }}{{ $value | int64 | toString | quote }}{{ else }}{{ $value | toString | quote }}{{ end }}
{{- end }}
{{- if .Values.elasticsearch.enabled }}
{{ include "aura-logs.secretVariable" (list "AuraLogs__Elasticsearch__Password" (include "aura-logs.elasticsearchCredentials" .) "auralogs") }}
{{- else if $external.credentials_secret }}
{{ include "aura-logs.secretVariable" (list "AuraLogs__Elasticsearch__Username" $external.credentials_secret "username") }}
{{ include "aura-logs.secretVariable" (list "AuraLogs__Elasticsearch__Password" $external.credentials_secret "password") }}
{{- else if $external.api_key_secret }}
{{ include "aura-logs.secretVariable" (list "AuraLogs__Elasticsearch__ApiKey" $external.api_key_secret "api_key") }}
{{- end }}
{{- if $v.shared_key.secret }}
{{ include "aura-logs.secretVariable" (list "AuraLogs__Forward__SharedKey" $v.shared_key.secret $v.shared_key.key) }}
{{- end }}
{{- end }}
