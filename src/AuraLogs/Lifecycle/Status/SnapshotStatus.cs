namespace AuraLogs.Lifecycle.Status;

/// <summary>What SLM says of our policy.</summary>
/// <param name="LastGood">When the last good snapshot was taken; null when there is none.</param>
/// <param name="LastGoodName">Its name.</param>
/// <param name="LastFailure">When a snapshot last failed; null when none has.</param>
/// <param name="LastFailureReason">Why.</param>
/// <param name="Next">When the next one is due.</param>
/// <param name="Running">The one that is being taken now.</param>
/// <param name="Taken">Good ones since the policy was made.</param>
/// <param name="Failed">Failed ones since then.</param>
/// <param name="Deleted">Expired ones deleted since then.</param>
/// <param name="PolicyModified">When the policy was last put.</param>
internal sealed record SnapshotStatus(
    DateTimeOffset? LastGood,
    string? LastGoodName,
    DateTimeOffset? LastFailure,
    string? LastFailureReason,
    DateTimeOffset? Next,
    string? Running,
    long Taken,
    long Failed,
    long Deleted,
    DateTimeOffset? PolicyModified)
{
    /// <summary>Whether the last run failed.</summary>
    public bool IsFailing => LastFailure is { } failure && !(LastGood > failure);
}
