using AuraLogs.Elasticsearch;
using AuraLogs.Forward;
using AuraLogs.Indexing;
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
        Whole(window, ForwardMetrics.ConnectionsName),
        window.PerSecond(ForwardMetrics.EventsTotalName),
        window.PerSecond(ForwardMetrics.ReceivedBytesTotalName),
        window.PerSecond(ForwardMetrics.FramesTotalName),
        Whole(window, ForwardMetrics.RefusedTotalName),
        window.LatencyOf(ForwardMetrics.AckSecondsName));

    private static QueueStatus Queue(Window window) => new(
        Whole(window, QueueMetrics.PendingEventsName),
        Whole(window, QueueMetrics.PendingBytesName),
        Whole(window, QueueMetrics.DiskBytesName),
        Whole(window, QueueMetrics.MaxBytesName),
        Whole(window, QueueMetrics.FreeDiskBytesName),
        window.Now.Sum(QueueMetrics.OldestEventAgeSecondsName) ?? 0,
        window.Now.Sum(HealthMetrics.UntilFullSecondsName) is { } seconds && double.IsFinite(seconds) ? seconds : null,
        window.Now.Sum(QueueMetrics.FullName) > 0,
        window.LatencyOf(QueueMetrics.CommitSecondsName));

    private static IndexingStatus Indexing(Window window) => new(
        window.PerSecond(IndexingMetrics.ItemsTotalName, "verdict", "indexed"),
        window.PerSecond(IndexingMetrics.ItemsTotalName, "verdict", "duplicate"),
        window.PerSecond(IndexingMetrics.ItemsTotalName, "verdict", "retry"),
        Whole(window, IndexingMetrics.DeadLettersTotalName),
        window.PerSecond(IndexingMetrics.BulkRequestsTotalName),
        window.PerSecond(IndexingMetrics.BulkBytesTotalName),
        Whole(window, IndexingMetrics.InFlightRequestsName),
        Whole(window, IndexingMetrics.InFlightBytesName),
        window.Now.Sum(IndexingMetrics.ConcurrencyLimitName) ?? 0,
        window.LatencyOf(IndexingMetrics.BulkSecondsName));

    private ElasticsearchStatus Elasticsearch(Window window) => new(
        elasticsearch.IsLocal,
        [.. elasticsearch.Urls.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(WithoutCredentials)],
        (long)(window.Now.Sum(ElasticsearchMetrics.NodesName, "state", "up") ?? 0),
        window.PerSecond(ElasticsearchMetrics.RequestsTotalName),
        window.LatencyOf(ElasticsearchMetrics.RequestSecondsName));

    private LifecycleStatus Lifecycle(MetricSnapshot metrics) => new(
        lifecycle.Enabled,
        lifecycle.RetentionDays,
        lifecycle.SnapshotRetentionDays,
        metrics.Samples(LifecycleMetrics.InSyncName).ToDictionary(sample => sample.Labels[0].Value, sample => sample.Value > 0),
        Moment(metrics, LifecycleMetrics.LastRunTimestampSecondsName),
        Moment(metrics, LifecycleMetrics.LastSnapshotTimestampSecondsName));

    private static ProcessStatus Process(Window window) => new(
        Moment(window.Now, ProcessMetrics.StartTimeSecondsName) ?? DateTimeOffset.UnixEpoch,
        window.PerSecond(ProcessMetrics.CpuSecondsTotalName),
        window.PerSecond(ProcessMetrics.GcPauseSecondsTotalName),
        Whole(window, ProcessMetrics.ResidentMemoryBytesName),
        Whole(window, ProcessMetrics.GcHeapBytesName),
        Whole(window, ProcessMetrics.ThreadsName),
        Whole(window, ProcessMetrics.OpenHandlesName));

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
