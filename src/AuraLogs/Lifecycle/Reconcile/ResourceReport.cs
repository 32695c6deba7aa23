namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>One resource as a pass found it, or left it.</summary>
/// <param name="Kind">As <see cref="ManagedResource.Kind"/>.</param>
/// <param name="Name">Its name in Elasticsearch or Kibana.</param>
/// <param name="State">How it compares with what it should be, now.</param>
internal sealed record ResourceReport(string Kind, string Name, ResourceState State)
{
    /// <summary>Field by field, as the pass found it; for a missing one, everything that it will have.</summary>
    public IReadOnlyList<FieldDifference> Differences { get; init; } = [];

    /// <summary>What is wrong and what helps, when something is.</summary>
    public string? Sentence { get; init; }

    /// <summary>What the change reaches and what it does not, when that is not plain.</summary>
    public string? Reach { get; init; }

    /// <summary>Whether it is there at all, by whoever's hand; null when it can't be read.</summary>
    public bool? Exists { get; init; } = true;

    /// <summary>What this pass did to it.</summary>
    public ResourceChange Change { get; init; }

    /// <summary>Whether applying changes it.</summary>
    public bool NeedsChange(bool takeOver) =>
        State is ResourceState.Missing or ResourceState.Different || (State == ResourceState.Foreign && takeOver);
}
