using AuraLogs.Elasticsearch;
using AuraLogs.Forward;
using AuraLogs.Indexing.Conflicts;
using AuraLogs.Lifecycle;
using AuraLogs.Operations.Health;
using AuraLogs.Operations.Metrics;
using AuraLogs.Queue;
using AuraLogs.Telemetry;

namespace AuraLogs.Operations.Status;

/// <summary>Puts together what <c>/api/status</c> answers. The figures are those of the metrics, so that both say the same.</summary>
internal sealed class StatusReporter(
    StatusSampler sampler,
    QueueMetrics queue,
    Problems problems,
    Clients clients,
    FieldConflicts conflicts,
    ElasticsearchOptions elasticsearch,
    LifecycleOptions lifecycle,
    TimeProvider time)
{
    /// <summary>How many clients are listed.</summary>
    public const int MostClients = 100;

    public StatusReport Report()
    {
        var window = sampler.Recent;
        var current = problems.Current;
        return new StatusReport(
            HealthReport.StatusOf(current),
            BuildVersion.Value,
            Environment.MachineName,
            time.GetUtcNow(),
            current,
            problems.Past,
            queue.Ledger,
            Forward(window),
            Queue(window),
            Indexing(window),
            Elasticsearch(window),
            Lifecycle(window.Now),
            Process(window),
            ConnectedClients(),
            conflicts.Current);
    }

    private static ForwardStatus Forward(Window window) => new(
        Whole(window, "auralogs_forward_connections"),
        window.PerSecond("auralogs_forward_events_total"),
        window.PerSecond("auralogs_forward_received_bytes_total"),
        window.PerSecond("auralogs_forward_frames_total"),
        Whole(window, "auralogs_forward_refused_total"),
        window.LatencyOf("auralogs_forward_ack_seconds"));

    private static QueueStatus Queue(Window window) => new(
        Whole(window, "auralogs_queue_pending_events"),
        Whole(window, "auralogs_queue_pending_bytes"),
        Whole(window, "auralogs_queue_disk_bytes"),
        Whole(window, "auralogs_queue_max_bytes"),
        Whole(window, "auralogs_queue_free_disk_bytes"),
        window.Now.Sum("auralogs_queue_oldest_event_age_seconds") ?? 0,
        window.Now.Sum("auralogs_queue_until_full_seconds") is { } seconds && double.IsFinite(seconds) ? seconds : null,
        window.Now.Sum("auralogs_queue_full") > 0,
        window.LatencyOf("auralogs_queue_commit_seconds"));

    private static IndexingStatus Indexing(Window window) => new(
        window.PerSecond("auralogs_indexing_items_total", "verdict", "indexed"),
        window.PerSecond("auralogs_indexing_items_total", "verdict", "duplicate"),
        window.PerSecond("auralogs_indexing_items_total", "verdict", "retry"),
        Whole(window, "auralogs_dead_letters_total"),
        window.PerSecond("auralogs_indexing_bulk_requests_total"),
        window.PerSecond("auralogs_indexing_bulk_bytes_total"),
        Whole(window, "auralogs_indexing_in_flight_requests"),
        Whole(window, "auralogs_indexing_in_flight_bytes"),
        window.Now.Sum("auralogs_indexing_concurrency_limit") ?? 0,
        window.LatencyOf("auralogs_indexing_bulk_seconds"));

    private ElasticsearchStatus Elasticsearch(Window window) => new(
        elasticsearch.IsLocal,
        [.. elasticsearch.Urls.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(WithoutCredentials)],
        (long)(window.Now.Sum("auralogs_elasticsearch_nodes", "state", "up") ?? 0),
        window.PerSecond("auralogs_elasticsearch_requests_total"),
        window.LatencyOf("auralogs_elasticsearch_request_seconds"));

    private LifecycleStatus Lifecycle(MetricSnapshot metrics) => new(
        lifecycle.Enabled,
        lifecycle.RetentionDays,
        lifecycle.SnapshotRetentionDays,
        metrics.Samples("auralogs_lifecycle_in_sync").ToDictionary(sample => sample.Labels[0].Value, sample => sample.Value > 0),
        Moment(metrics, "auralogs_lifecycle_last_run_timestamp_seconds"),
        Moment(metrics, "auralogs_lifecycle_last_snapshot_timestamp_seconds"));

    private static ProcessStatus Process(Window window) => new(
        Moment(window.Now, "auralogs_process_start_time_seconds") ?? DateTimeOffset.UnixEpoch,
        window.PerSecond("auralogs_process_cpu_seconds_total"),
        window.PerSecond("auralogs_gc_pause_seconds_total"),
        Whole(window, "auralogs_process_resident_memory_bytes"),
        Whole(window, "auralogs_gc_heap_bytes"),
        Whole(window, "auralogs_process_threads"),
        Whole(window, "auralogs_process_open_handles"));

    private List<ClientStatus> ConnectedClients() =>
    [
        .. clients.Connected
            .Select(client => new ClientStatus(client.Address, client.ConnectedAt, client.Bytes, client.Events, client.LastFrameAt))
            .OrderByDescending(client => client.Bytes)
            .Take(MostClients),
    ];

    private static long Whole(Window window, string name) => (long)(window.Now.Sum(name) ?? 0);

    private static DateTimeOffset? Moment(MetricSnapshot metrics, string name) =>
        metrics.Sum(name) is > 0 and var seconds ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : null;

    private static string WithoutCredentials(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) : "";
}
