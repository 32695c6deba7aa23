namespace AuraLogs.Operations.Status;

/// <summary>Retention and snapshots. A time is null when there was none yet.</summary>
internal sealed record LifecycleStatus(
    bool Enabled,
    int RetentionDays,
    int SnapshotRetentionDays,
    IReadOnlyDictionary<string, bool> InSync,
    DateTimeOffset? LastRunAt,
    DateTimeOffset? LastSnapshotAt);
