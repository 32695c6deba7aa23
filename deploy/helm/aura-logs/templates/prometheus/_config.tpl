{{/* prometheus.yml */}}
{{- define "aura-logs.prometheusConfig" -}}
{{- $v := .Values.prometheus -}}
global:
  scrape_interval: {{ $v.scrape_interval }}
  evaluation_interval: {{ $v.scrape_interval }}
  external_labels:
    cluster: {{ .Values.cluster_name }}
    # What tells the replicas apart, and what Thanos ignores when it merges them.
    replica: ${POD_NAME}

rule_files:
  - "*.rules.yml"
{{- if .Values.alertmanager.enabled }}

alerting:
  # Replicas of Prometheus send the same alert, which only the label would make two.
  alert_relabel_configs:
    - regex: replica
      action: labeldrop
  alertmanagers:
    - dns_sd_configs:
        - names: [{{ include "aura-logs.component" (list . "alertmanager") }}-headless]
          type: A
          port: 9093
{{- end }}

scrape_configs:
  # Every pod that asks for it by its annotations prometheus.io/scrape, port and path. The job is the pod's component.
  - job_name: pods
    kubernetes_sd_configs:
      - role: pod
    relabel_configs:
      - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]
        regex: "true"
        action: keep
      - source_labels: [__meta_kubernetes_pod_phase]
        regex: Pending|Succeeded|Failed
        action: drop
      # A pod is found once for each of its ports.
      - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_port]
        target_label: __meta_kubernetes_pod_container_port_number
        action: keepequal
      - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_path]
        regex: (.+)
        target_label: __metrics_path__
      - source_labels: [__meta_kubernetes_pod_label_app]
        regex: (.+)
        target_label: job
      - source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name]
        regex: (.+)
        target_label: job
      - source_labels: [__meta_kubernetes_namespace]
        target_label: namespace
      - source_labels: [__meta_kubernetes_pod_name]
        target_label: pod
      - source_labels: [__meta_kubernetes_pod_node_name]
        target_label: node

{{- if .Values.kube_state_metrics.enabled }}

  # Counts other objects, whose namespace and pod it names itself.
  - job_name: kube-state-metrics
    honor_labels: true
    kubernetes_sd_configs:
      - role: pod
        namespaces:
          own_namespace: true
    relabel_configs:
      - source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name, __meta_kubernetes_pod_container_port_name]
        regex: kube-state-metrics;http
        action: keep
{{- end }}

  # The kubelets' own metrics: of these, what they know of volumes. A kubelet's certificate is its own in most clusters.
  - job_name: kubelet
    scheme: https
    tls_config:
      insecure_skip_verify: true
    authorization:
      credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token
    kubernetes_sd_configs:
      - role: node
    relabel_configs:
      - source_labels: [__meta_kubernetes_node_name]
        target_label: node
    metric_relabel_configs:
      - source_labels: [__name__]
        regex: kubelet_volume_stats_.+
        action: keep

  - job_name: prometheus
    static_configs:
      - targets: [localhost:9090]
{{- if .Values.blackbox_exporter.enabled }}
{{ include "aura-logs.blackboxScrapes" . | indent 2 }}
{{- end }}
{{- end }}

{{/* One scrape job for each kind of probe. */}}
{{- define "aura-logs.blackboxScrapes" -}}
{{- $name := include "aura-logs.name" . }}
{{- $ready := list }}
{{- $forward := list }}
{{- range until (int .Values.auralogs.replicas) }}
{{- $host := printf "%s-%d.%s-headless" $name . $name }}
{{- $ready = append $ready (printf "http://%s:8080/readyz" $host) }}
{{- $forward = append $forward (printf "%s:%s" $host (include "aura-logs.forwardPort" $)) }}
{{- end }}
{{- $jobs := list
      (dict "job" "blackbox-readyz" "module" "auralogs_ready" "targets" $ready)
      (dict "job" "blackbox-forward" "module" (ternary "auralogs_forward_tls" "auralogs_forward" (not (empty .Values.auralogs.tls.secret))) "targets" $forward)
      (dict "job" "blackbox-https" "module" "https_2xx" "targets" .Values.blackbox_exporter.https_endpoints) }}
{{- range $jobs }}
{{- if .targets }}
- job_name: {{ .job }}
  metrics_path: /probe
  params:
    module: [{{ .module }}]
  static_configs:
    - targets: {{- toYaml .targets | nindent 8 }}
  relabel_configs:
    - source_labels: [__address__]
      target_label: __param_target
    - source_labels: [__param_target]
      target_label: instance
    - target_label: __address__
      replacement: {{ include "aura-logs.component" (list $ "blackbox-exporter") }}:9115
{{- end }}
{{- end }}
{{- end }}
