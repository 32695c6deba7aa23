{{/*
Writes the object storage's configuration, with the account out of its Secret, to a file in memory: as an argument the key could
be read in the process list.
*/}}
{{- define "aura-logs.thanosObjectStorage" -}}
- name: object-storage
  image: {{ .Values.thanos.image.repository }}:{{ .Values.thanos.image.tag }}
  securityContext: {{- include "aura-logs.containerSecurity" . | nindent 4 }}
  command:
    - /bin/sh
    - -euc
    - |
      umask 077
      cat > /object-storage/config.yml <<END
      type: AZURE
      config:
        storage_account: "$AZURE_STORAGE_ACCOUNT"
        {{- if not .Values.storage_account.workload_identity.client_id }}
        storage_account_key: "$AZURE_STORAGE_KEY"
        {{- end }}
        container: {{ .Values.thanos.container }}
      END
  env: {{- include "aura-logs.storageAccountEnvironment" . | nindent 4 }}
  resources: {{- include "aura-logs.initResources" . | nindent 4 }}
  volumeMounts:
    - name: object-storage
      mountPath: /object-storage
{{- end }}

{{/* Where the containers of Thanos find it. */}}
{{- define "aura-logs.thanosObjectStorageMount" -}}
- name: object-storage
  mountPath: /object-storage
  readOnly: true
{{- if .Values.storage_account.workload_identity.client_id }}
- name: azure-identity-token
  mountPath: /var/run/secrets/azure
  readOnly: true
{{- end }}
{{- end }}

{{/* The environment of those containers, if they need one. */}}
{{- define "aura-logs.thanosEnvironment" -}}
{{- if .Values.storage_account.workload_identity.client_id }}
env: {{- include "aura-logs.workloadIdentityEnvironment" (list . "/var/run/secrets/azure") | nindent 2 }}
{{- end }}
{{- end }}

{{- define "aura-logs.thanosObjectStorageVolume" -}}
- name: object-storage
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
{{- if .Values.storage_account.workload_identity.client_id }}
{{ include "aura-logs.workloadIdentityVolume" . }}
{{- end }}
{{- end }}
