using AuraLogs.Lifecycle.Desired;

namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>What one comparison of the cluster with the configuration found, and did when it was to apply.</summary>
/// <param name="Features">What the cluster's version can do.</param>
/// <param name="Deletion">When ILM may delete.</param>
/// <param name="Resources">In the order in which they are put.</param>
/// <param name="ReadyForEvents">Whether new indices get a template, by whoever's hand: what an index is created without, it lacks for good.</param>
internal sealed record LifecyclePass(
    ClusterFeatures Features, Deletion Deletion, IReadOnlyList<ResourceReport> Resources, bool ReadyForEvents)
{
    public bool InPlace => Resources.All(resource => resource.State == ResourceState.InPlace);
}
