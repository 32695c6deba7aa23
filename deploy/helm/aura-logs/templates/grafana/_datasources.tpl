{{/* Metrics by way of Thanos when it is there, and the logs. */}}
{{- define "aura-logs.grafanaDatasources" -}}
apiVersion: 1
datasources:
  {{- if .Values.prometheus.enabled }}
  - name: Prometheus
    uid: prometheus
    type: prometheus
    access: proxy
    url: http://{{ include "aura-logs.component" (list . (ternary "thanos-querier" "prometheus" .Values.thanos.enabled)) }}:9090
    isDefault: true
    jsonData:
      timeInterval: {{ .Values.prometheus.scrape_interval }}
  {{- end }}
  {{- if .Values.elasticsearch.enabled }}
  - name: Logs
    uid: aura-services
    type: elasticsearch
    access: proxy
    url: {{ include "aura-logs.elasticsearchUrl" . }}
    basicAuth: true
    basicAuthUser: auralogs
    secureJsonData:
      basicAuthPassword: $ELASTICSEARCH_PASSWORD
      tlsCACert: $__file{/etc/grafana-elasticsearch/ca.crt}
    jsonData:
      tlsAuthWithCACert: true
      index: aura-services-*
      timeField: "@timestamp"
      logMessageField: msg
      logLevelField: lvl
  {{- end }}
{{- end }}
