{{/* What AuraLogs reads about Elasticsearch from files: the sources of a projected volume. A replaced Secret needs no restart. */}}
{{- define "aura-logs.elasticsearchFiles" -}}
{{- $external := .Values.auralogs.external_elasticsearch }}
{{- if .Values.elasticsearch.enabled }}
{{ include "aura-logs.projectedSecret" (list (include "aura-logs.elasticsearchCertificate" .) "ca.crt" "ca.crt") }}
{{ include "aura-logs.projectedSecret" (list (include "aura-logs.elasticsearchCredentials" .) "auralogs" "password") }}
{{- else }}
{{- with $external.ca_secret }}
{{ include "aura-logs.projectedSecret" (list . "ca.crt" "ca.crt") }}
{{- end }}
{{- with $external.credentials_secret }}
{{ include "aura-logs.projectedSecret" (list . "password" "password") }}
{{- end }}
{{- with $external.api_key_secret }}
{{ include "aura-logs.projectedSecret" (list . "api_key" "api-key") }}
{{- end }}
{{- end }}
{{- end }}

{{/* Takes (list secret key file). */}}
{{- define "aura-logs.projectedSecret" -}}
- secret:
    name: {{ index . 0 }}
    items:
      - {key: {{ index . 1 }}, path: {{ index . 2 }}}
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
      "Forward:UdpHeartbeat" false
      "Lifecycle:RetentionDays" (include "aura-logs.retentionDays" .)
      "Lifecycle:Mapping" (default (ternary "lean" "compatible" .Values.elasticsearch.enabled) $v.mapping)
      "Lifecycle:Snapshots" .Values.elasticsearch.snapshots.enabled }}
{{- if eq .Values.ip_family "IPv6" }}
  {{- $_ := set $settings "Forward:Address" (include "aura-logs.anyAddress" .) }}
  {{- $_ := set $settings "Operations:Address" (include "aura-logs.anyAddress" .) }}
{{- end }}
{{- if .Values.elasticsearch.enabled }}
  {{- $_ := set $settings "Elasticsearch:Urls" (include "aura-logs.elasticsearchUrl" .) }}
  {{- $_ := set $settings "Elasticsearch:Username" "auralogs" }}
  {{- $_ := set $settings "Lifecycle:Replicas" (ternary 0 1 (eq (int .Values.elasticsearch.replicas) 1)) }}
{{- else }}
  {{- $_ := set $settings "Elasticsearch:Urls" $external.urls }}
{{- end }}
{{- if or .Values.elasticsearch.enabled $external.ca_secret }}
  {{- $_ := set $settings "Elasticsearch:CertificateAuthority" "/etc/auralogs/elasticsearch/ca.crt" }}
{{- end }}
{{- if or .Values.elasticsearch.enabled $external.credentials_secret }}
  {{- $_ := set $settings "Elasticsearch:PasswordFile" "/etc/auralogs/elasticsearch/password" }}
{{- else if $external.api_key_secret }}
  {{- $_ := set $settings "Elasticsearch:ApiKeyFile" "/etc/auralogs/elasticsearch/api-key" }}
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
  {{- $_ := set $settings "Forward:PlainText" (not $v.tls.only) }}
  {{- $_ := set $settings "Forward:Tls:CertificateFile" "/etc/auralogs/tls/tls.crt" }}
  {{- $_ := set $settings "Forward:Tls:KeyFile" "/etc/auralogs/tls/tls.key" }}
{{- end }}
{{- if $v.shared_key.secret }}
  {{- $_ := set $settings "Forward:Security:SharedKeyFile" "/etc/auralogs/shared-key/key" }}
{{- end }}
{{- $_ := set $settings "Operations:Logs" $v.operations.logs }}
{{- if $v.operations.token.secret }}
  {{- $_ := set $settings "Operations:TokenFile" "/etc/auralogs/operations/token" }}
{{- end }}
{{- $hosts := compact (list $v.operations.hosts) }}
{{- if $v.operations.ingress.enabled }}
  {{- range until (include "aura-logs.maxReplicas" . | int) }}
  {{- $hosts = append $hosts (printf "%s-%d.%s" (include "aura-logs.name" $) . $v.operations.ingress.host) }}
  {{- end }}
{{- end }}
{{- with $hosts }}
  {{- $_ := set $settings "Operations:Hosts" (join "," .) }}
{{- end }}
{{- range $key, $value := merge (dict) $v.settings $settings }}
- name: AuraLogs__{{ $key | replace ":" "__" }}
  value: {{ if kindIs "float64" $value }}{{ $value | int64 | toString | quote }}{{ else }}{{ $value | toString | quote }}{{ end }}
{{- end }}
{{- if and $external.credentials_secret (not .Values.elasticsearch.enabled) }}
{{ include "aura-logs.secretVariable" (list "AuraLogs__Elasticsearch__Username" $external.credentials_secret "username") }}
{{- end }}
{{- with $v.env }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The ports that senders use: each a name and a number. */}}
{{- define "aura-logs.forwardPorts" -}}
{{- $tls := .Values.auralogs.tls }}
{{- if not (and $tls.secret $tls.only) }}
forward: 24224
{{- end }}
{{- if $tls.secret }}
forward-tls: 24225
{{- end }}
{{- end }}

{{/* The one that this chart's own senders use. */}}
{{- define "aura-logs.forwardPort" -}}
{{- if .Values.auralogs.tls.secret }}24225{{ else }}24224{{ end }}
{{- end }}
