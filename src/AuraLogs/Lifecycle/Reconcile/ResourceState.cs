namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>How a resource compares with what it should be.</summary>
internal enum ResourceState
{
    /// <summary>As it should be.</summary>
    InPlace,

    /// <summary>Not there.</summary>
    Missing,

    /// <summary>Ours and different.</summary>
    Different,

    /// <summary>Different, and made by somebody else: not touched unless told to.</summary>
    Foreign,

    /// <summary>Elasticsearch doesn't keep it as it was put: not put again until it changes.</summary>
    NotKept,

    /// <summary>It could not be read or written.</summary>
    Failed,
}
