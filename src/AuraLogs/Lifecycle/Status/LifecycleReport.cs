using AuraLogs.Lifecycle.Reconcile;

namespace AuraLogs.Lifecycle.Status;

/// <summary>What a pass left, and what ILM and SLM make of it.</summary>
/// <param name="At">When.</param>
/// <param name="Pass">What was compared and changed.</param>
/// <param name="Indices">Ours, by name.</param>
/// <param name="Snapshots">Null when snapshots are off or there is no SLM policy.</param>
/// <param name="IlmRunning">Whether ILM runs in the cluster.</param>
/// <param name="SlmRunning">Whether SLM does.</param>
/// <param name="Blind">What the user may not look at, each a sentence with the privilege that it lacks.</param>
internal sealed record LifecycleReport(
    DateTimeOffset At,
    LifecyclePass Pass,
    IReadOnlyList<IndexStatus> Indices,
    SnapshotStatus? Snapshots,
    bool IlmRunning,
    bool SlmRunning,
    IReadOnlyList<string> Blind);
