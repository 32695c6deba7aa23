namespace AuraLogs.Commands;

/// <summary>
/// How much disk a load takes, from figures of the reader's own. The formulas, which <c>deploy/README.md</c> has as a table:
/// <code>
/// rate            = nodes x events a second x bytes an event
/// queue           = rate x outage / replicas               of each replica; its volume is that / 0.9
/// a day's index   = rate x 86,400 x index ratio
/// Elasticsearch   = a day's index x (days + 1) x copies / 0.85
/// snapshots       = a day's index x 365
/// a year of them  = snapshots in GB x price x 12
/// </code>
/// An index lives for its own day and <see cref="Days"/> more. 0.9 is the chart's <c>storage_percent</c>; Elasticsearch allocates no shard to a
/// node whose disk is fuller than 0.85 (<c>cluster.routing.allocation.disk.watermark.low</c>). Snapshots hold one copy, and of an index that
/// no longer changes each segment once.
/// </summary>
internal sealed record CapacityPlan
{
    private const double QueueShare = 0.9;
    private const double ElasticsearchShare = 0.85;
    private const double Day = 86_400;
    private const double Gigabyte = 1e9;

    public required int Nodes { get; init; }

    /// <summary>Events a second of one node.</summary>
    public required double Events { get; init; }

    /// <summary>Bytes of an event as it is sent: <c>rate(auralogs_queue_committed_bytes_total[1h]) / rate(auralogs_forward_events_total[1h])</c>.</summary>
    public required double Bytes { get; init; }

    /// <summary>The profile's <c>log_retention_time</c>.</summary>
    public required int Days { get; init; }

    /// <summary>The profile's <c>auralogs.replicas</c>.</summary>
    public required int Replicas { get; init; }

    /// <summary>For how long Elasticsearch may be away before senders have to wait.</summary>
    public required TimeSpan Outage { get; init; }

    /// <summary>Bytes in a primary shard for each byte that was sent.</summary>
    public required double IndexRatio { get; init; }

    /// <summary>Copies of each shard, the primary among them.</summary>
    public required int Copies { get; init; }

    /// <summary>Of a GB of the object storage for a month; null when nobody said.</summary>
    public double? Price { get; init; }

    /// <summary>Bytes a second of all nodes.</summary>
    public double Rate => Nodes * Events * Bytes;

    public double QueueBytes => Rate * Outage.TotalSeconds / Replicas;

    public double VolumeBytes => QueueBytes / QueueShare;

    public double IndexBytesADay => Rate * Day * IndexRatio;

    public double ElasticsearchBytes => IndexBytesADay * (Days + 1) * Copies / ElasticsearchShare;

    public double SnapshotBytes => IndexBytesADay * 365;

    /// <summary>A year with all 365 days in the snapshots; the first one costs about half.</summary>
    public double? SnapshotYear => SnapshotBytes / Gigabyte * Price * 12;
}
