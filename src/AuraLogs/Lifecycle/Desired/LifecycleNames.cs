using AuraLogs.Elasticsearch;

namespace AuraLogs.Lifecycle.Desired;

/// <summary>What everything is called in Elasticsearch, worked out from the prefix of the indices.</summary>
internal sealed record LifecycleNames(string IndexPrefix, string DeadLetterPrefix)
{
    /// <summary>The mark in <c>_meta.managed_by</c> of what is ours.</summary>
    public const string Owner = "auralogs";

    /// <summary>The first part of a restored index's name. It keeps the index out of our patterns, and so out of ILM and SLM.</summary>
    public const string RestoredPrefix = "restored-";

    public static LifecycleNames For(string indexPrefix) => new(indexPrefix, IndexConventions.DeadLetterPrefix);

    public string IndexPattern => $"{IndexPrefix}-*";

    public string RestoredPattern => $"{RestoredPrefix}{IndexPrefix}-*";

    public string DeadLetterPattern => $"{DeadLetterPrefix}-*";

    /// <summary>The ILM policy and the index template.</summary>
    public string Policy => IndexPrefix;

    public string DeadLetterPolicy => DeadLetterPrefix;

    public string SnapshotPolicy => $"{IndexPrefix}-daily";

    /// <summary>SLM appends the day and a random part.</summary>
    public string SnapshotName => $"<{IndexPrefix}-{{now/d}}>";
}
