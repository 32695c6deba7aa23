{{/* The object storage's configuration, with the account out of its Secret. */}}
{{- define "aura-logs.thanosEnvironment" -}}
{{ include "aura-logs.storageAccountEnvironment" . }}
- name: OBJSTORE_CONFIG
  value: |
    type: AZURE
    config:
      storage_account: "$(AZURE_STORAGE_ACCOUNT)"
      storage_account_key: "$(AZURE_STORAGE_KEY)"
      container: {{ .Values.thanos.container }}
{{- end }}
