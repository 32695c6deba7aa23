{{/* alertmanager.yml: everything goes to the profile's notifications_email. */}}
{{- define "aura-logs.alertmanagerConfig" -}}
{{- $smtp := .Values.alertmanager.smtp -}}
global:
  smtp_smarthost: {{ $smtp.smarthost }}
  smtp_from: {{ $smtp.from }}
  smtp_require_tls: {{ $smtp.require_tls }}
  {{- with $smtp.username }}
  smtp_auth_username: {{ . | quote }}
  {{- end }}
  {{- if $smtp.password_secret }}
  smtp_auth_password_file: /etc/alertmanager-smtp/password
  {{- end }}

{{ tpl (.Files.Get "files/alertmanager/routes.yml") . }}
{{- end }}
