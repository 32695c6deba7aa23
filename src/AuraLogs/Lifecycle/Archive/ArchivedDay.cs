namespace AuraLogs.Lifecycle.Archive;

/// <summary>A day of logs that can be restored.</summary>
/// <param name="Day">The day (UTC).</param>
/// <param name="Index">The index that held it.</param>
/// <param name="Snapshots">The whole snapshots that hold it, the newest first.</param>
internal sealed record ArchivedDay(DateOnly Day, string Index, IReadOnlyList<ArchiveSnapshot> Snapshots)
{
    /// <summary>The one to restore: the newest has the late events too.</summary>
    public ArchiveSnapshot Newest => Snapshots[0];
}
