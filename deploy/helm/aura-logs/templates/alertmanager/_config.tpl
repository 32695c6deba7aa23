{{/* alertmanager.yml: everything goes to the profile's notifications_email, and to Slack where that is set. */}}
{{- define "aura-logs.alertmanagerConfig" -}}
{{- $smtp := .Values.alertmanager.smtp -}}
{{- if and $smtp.smarthost (not $smtp.from) }}{{ fail "alertmanager.smtp.from: the mail server needs a sender's address" }}{{ end -}}
global:
  {{- if $smtp.smarthost }}
  smtp_smarthost: {{ $smtp.smarthost }}
  smtp_from: {{ $smtp.from }}
  smtp_require_tls: {{ $smtp.require_tls }}
  {{- with $smtp.username }}
  smtp_auth_username: {{ . | quote }}
  {{- end }}
  {{- if $smtp.password_secret }}
  smtp_auth_password_file: /etc/alertmanager-smtp/password
  {{- end }}
  {{- end }}
  {{- if .Values.alertmanager.slack.webhook_secret }}
  slack_api_url_file: /etc/alertmanager-slack/url
  {{- end }}
  resolve_timeout: 5m

{{ tpl (include "aura-logs.file" (list . "files/alertmanager/routes.yml")) . }}
{{- end }}
