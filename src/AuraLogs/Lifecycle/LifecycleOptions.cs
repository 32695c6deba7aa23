using AuraLogs.Configuration;

namespace AuraLogs.Lifecycle;

/// <summary>Retention and snapshots: <c>AuraLogs:Lifecycle</c>.</summary>
internal sealed class LifecycleOptions
{
    /// <summary>Whether AuraLogs manages the template, ILM, the repository and SLM. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How many days every event stays in its index at least. Default: 7. Range: 1 to 3650.</summary>
    public int RetentionDays { get; set; } = 7;

    /// <summary>How many days a snapshot is kept. Default: 365. Range: 1 to 36500.</summary>
    public int SnapshotRetentionDays { get; set; } = 365;

    internal void Validate(ConfigurationErrors errors)
    {
        errors.Require(RetentionDays is >= 1 and <= 3650, "AuraLogs:Lifecycle:RetentionDays", "must be between 1 and 3650");
        errors.Require(
            SnapshotRetentionDays is >= 1 and <= 36500, "AuraLogs:Lifecycle:SnapshotRetentionDays", "must be between 1 and 36500");
    }
}
