using System.Diagnostics.Metrics;
using AuraLogs.Telemetry;

namespace AuraLogs.Queue;

/// <summary>What the queue does, and the ledger of its events.</summary>
internal sealed class QueueMetrics(AuraLogsMeter meter)
{
    public const string CommitSecondsName = "auralogs_queue_commit_seconds";
    public const string DiskBytesName = "auralogs_queue_disk_bytes";
    public const string MaxBytesName = "auralogs_queue_max_bytes";
    public const string FreeDiskBytesName = "auralogs_queue_free_disk_bytes";
    public const string PendingBytesName = "auralogs_queue_pending_bytes";
    public const string PendingEventsName = "auralogs_queue_pending_events";
    public const string OldestEventAgeSecondsName = "auralogs_queue_oldest_event_age_seconds";
    public const string FullName = "auralogs_queue_full";

    private LogQueue? _queue;

    /// <summary>The ledger at this moment; null until the queue is open.</summary>
    public Ledger? Ledger => Volatile.Read(ref _queue)?.Ledger;

    public Histogram<double> CommitSeconds { get; } = meter.CreateSecondsHistogram(
        CommitSecondsName, "How long a synced commit took, grouped over all connections.");

    public Counter<long> AppendedBytes { get; } = meter.CreateCounter<long>(
        "auralogs_queue_committed_bytes_total", "By", "Bytes of the log that were committed, headers and padding included.");

    public Counter<long> DiskFailures { get; } = meter.CreateCounter<long>(
        "auralogs_queue_disk_failures_total", "{failure}", "How often the queue's disk failed a write.");

    public Counter<long> DamagedParts { get; } = meter.CreateCounter<long>(
        "auralogs_queue_damaged_parts_total", "{part}", "Parts of the queue that could not be read and were set aside.");

    public Counter<long> TornTails { get; } = meter.CreateCounter<long>(
        "auralogs_queue_torn_tails_total", "{tail}", "Starts that found something unreadable behind the last entry: a torn write that was never acknowledged, or damage.");

    /// <summary>Shows the sizes and the ledger of a queue that is open.</summary>
    public void Observe(LogQueue queue)
    {
        Volatile.Write(ref _queue, queue);
        // From 0, not from their first failure on: an increase is only seen from a value that was there before.
        DiskFailures.Add(0);
        DamagedParts.Add(0);
        TornTails.Add(0);
        meter.CreateObservableGauge(
            "auralogs_ledger_events",
            () => Measure(queue.Ledger),
            "{event}",
            "Every event since the queue was created, over restarts, by account; received is always the sum of the others.");
        meter.CreateObservableGauge(
            DiskBytesName, () => queue.UsedBytes, "By", "What everything in the queue's directory takes.");
        meter.CreateObservableGauge(
            MaxBytesName, () => queue.MaxBytes, "By", "What everything in the queue's directory may take.");
        meter.CreateObservableGauge(
            FreeDiskBytesName, () => queue.FreeDiskBytes, "By", "Free bytes on the file system of the queue.");
        meter.CreateObservableGauge(
            PendingBytesName, () => queue.PendingBytes, "By", "Bytes of the log that are committed and not completed.");
        meter.CreateObservableGauge(
            PendingEventsName, () => queue.Ledger.Queued, "{event}", "Events that are committed and not completed.");
        meter.CreateObservableGauge(
            OldestEventAgeSecondsName,
            () => queue.OldestAge.TotalSeconds,
            "s",
            "How long ago the oldest event that is committed and not completed came in, read or not, also after a restart; 0 when there is none.");
        meter.CreateObservableGauge(
            "auralogs_queue_segments", () => queue.SegmentCount, "{segment}", "Segment files.");
        meter.CreateObservableGauge(
            FullName, () => queue.IsFull ? 1 : 0, null, "1 while the queue is full and senders wait.");
    }

    /// <summary>One measurement reads the ledger once, so that the figures of one scrape balance.</summary>
    private static IEnumerable<Measurement<long>> Measure(Ledger ledger) =>
    [
        Account("received", ledger.Received),
        Account("indexed", ledger.Indexed),
        Account("duplicate", ledger.Duplicates),
        Account("dead_lettered", ledger.DeadLettered),
        Account("quarantined", ledger.Quarantined),
        Account("queued", ledger.Queued),
    ];

    private static Measurement<long> Account(string name, long events) => new(events, new KeyValuePair<string, object?>("account", name));
}
