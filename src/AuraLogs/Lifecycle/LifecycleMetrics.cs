using System.Diagnostics.Metrics;
using AuraLogs.Lifecycle.Reconcile;
using AuraLogs.Lifecycle.Status;
using AuraLogs.Telemetry;

namespace AuraLogs.Lifecycle;

/// <summary>Retention and snapshots, as the last pass left them. The gauges are silent until there has been one.</summary>
internal sealed class LifecycleMetrics
{
    public const string InSyncName = "auralogs_lifecycle_in_sync";
    public const string LastRunTimestampSecondsName = "auralogs_lifecycle_last_run_timestamp_seconds";
    public const string LastSnapshotTimestampSecondsName = "auralogs_lifecycle_last_snapshot_timestamp_seconds";

    private readonly Counter<long> _repairs;
    private readonly Counter<long> _runs;
    private volatile Reading? _last;

    public LifecycleMetrics(AuraLogsMeter meter)
    {
        _repairs = meter.CreateCounter<long>("auralogs_lifecycle_repairs_total", "{repair}", "Drift that was repaired.");
        _runs = meter.CreateCounter<long>("auralogs_lifecycle_runs_total", "{run}", "Comparisons of what is with what should be.");
        meter.CreateObservableGauge(
            InSyncName, InSync, null, "1 when the resource in Elasticsearch is as it should be, 0 when not.");
        Gauge(LastRunTimestampSecondsName, "s", "When the last good comparison was, in seconds since 1970.",
            last => Seconds(last.Report.At));
        Gauge(LastSnapshotTimestampSecondsName, "s", "When the last good snapshot was taken.",
            last => Seconds(last.Report.Snapshots?.LastGood));
        Gauge("auralogs_lifecycle_snapshot_failures", "{snapshot}", "Snapshots that failed since the last good one.",
            last => last.Failures);
        Gauge("auralogs_lifecycle_indices", "{index}", "Indices with events or dead letters.",
            last => last.Report.Indices.Count);
        Gauge("auralogs_lifecycle_indices_past_retention", "{index}", "Indices that should have been deleted and are still there.",
            last => last.PastRetention);

        void Gauge(string name, string unit, string description, Func<Reading, double?> value) =>
            meter.CreateObservableGauge(name, () => _last is { } last && value(last) is { } measured ? [new Measurement<double>(measured)] : Array.Empty<Measurement<double>>(), unit, description);
    }

    /// <param name="report">What the pass left.</param>
    /// <param name="overdueAfter">How long an index may outlive its age, waiting for its snapshot.</param>
    public void Report(LifecycleReport report, TimeSpan overdueAfter)
    {
        _runs.Add(1, new KeyValuePair<string, object?>("result", report.Pass.InPlace ? "ok" : "failed"));
        foreach (var resource in report.Pass.Resources.Where(resource => resource.Change == ResourceChange.Repaired))
            _repairs.Add(1, ResourceTag(resource));
        _last = new Reading(
            report, report.Indices.Count(index => index.IsOverdueAt(report.At - overdueAfter)), FailuresSinceGood(report.Snapshots));
    }

    /// <summary>The pass could not be made.</summary>
    public void Failed() => _runs.Add(1, new KeyValuePair<string, object?>("result", "failed"));

    /// <summary>SLM counts failures since the policy was made: what they were at the last good snapshot is subtracted.</summary>
    private long FailuresSinceGood(SnapshotStatus? snapshots)
    {
        if (snapshots is null || !snapshots.IsFailing)
            return 0;
        var before = _last is { } last && last.Report.Snapshots is { IsFailing: false } good ? good.Failed : (snapshots.Failed - (_last?.Failures ?? 1));
        return Math.Max(1, snapshots.Failed - before);
    }

    private IEnumerable<Measurement<int>> InSync() =>
        _last is { } last
            ? last.Report.Pass.Resources.Select(resource => new Measurement<int>(resource.State == ResourceState.InPlace ? 1 : 0, ResourceTag(resource)))
            : [];

    private static KeyValuePair<string, object?> ResourceTag(ResourceReport resource) => new("resource", $"{resource.Kind} {resource.Name}");

    private static double? Seconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() / 1000.0;

    private sealed record Reading(LifecycleReport Report, int PastRetention, long Failures);
}
