namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>What a pass did to a resource.</summary>
internal enum ResourceChange
{
    None,

    /// <summary>It was not there.</summary>
    Created,

    /// <summary>It differed, by somebody's hand or because the configuration changed.</summary>
    Repaired,
}
