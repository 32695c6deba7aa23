using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Lifecycle.Desired;

namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>
/// Compares the cluster with the configuration and, when told to, changes what differs and nothing else. A refusal concerns one
/// resource and is reported with it; only a cluster that does not answer ends a pass with an exception.
/// </summary>
internal sealed class Reconciler(ClusterApi cluster, LifecycleOptions options, LifecycleNames names, bool local, TimeProvider time)
{
    private readonly ResourceReconciler _resources = new(cluster);

    /// <param name="apply">Whether to change what differs, or only to say it.</param>
    /// <param name="takeOver">Whether what somebody else made is ours to change.</param>
    /// <param name="cancellationToken">Ends the pass between two requests.</param>
    /// <exception cref="Elasticsearch.ElasticsearchUnavailableException">The cluster does not answer.</exception>
    /// <exception cref="ClusterRefusedException">What answers is not Elasticsearch, or is too old.</exception>
    public async Task<LifecyclePass> RunAsync(bool apply, bool takeOver, CancellationToken cancellationToken)
    {
        var features = await cluster.ReadVersionAsync(cancellationToken) is { } version ? new ClusterFeatures(version) : ClusterFeatures.Unknown;
        if (!features.IsSupported)
            throw new ClusterRefusedException(200, "", $"Elasticsearch {features.Version} is too old: {ClusterFeatures.Oldest} is the first with SLM");
        var desired = new DesiredState(options, names, features, local);
        List<ResourceReport> reports = [];

        // 1. Where snapshots go and when they are taken, because the policy may refer to it.
        await RunAsync(desired.Repository());
        var snapshotPolicy = await RunAsync(desired.SnapshotPolicy());

        // 2. The policies, which say when an index may be deleted.
        var deletion = await DecideDeletionAsync(features, snapshotPolicy, apply, cancellationToken);
        await RunAsync(desired.Policy(deletion));
        await RunAsync(desired.DeadLetterPolicy());

        // 3. The templates, which give new indices their policy. An index may be there before its policy is: ILM looks again.
        var template = await RunAsync(desired.Template());
        if (template!.State == ResourceState.Different || template.Change == ResourceChange.Repaired)
            reports[^1] = template with { Reach = await DescribeReachAsync(cancellationToken) };
        var deadLetterTemplate = await RunAsync(desired.DeadLetterTemplate());
        return new LifecyclePass(
            features, deletion, reports, ReadyForEvents: template.Exists == true && deadLetterTemplate!.Exists == true);

        async Task<ResourceReport?> RunAsync(ManagedResource? resource)
        {
            if (resource is null)
                return null;
            var report = await _resources.RunAsync(resource, features, apply, takeOver, cancellationToken);
            reports.Add(report);
            return report;
        }
    }

    /// <summary>A template is read when an index is made, and never again.</summary>
    private async Task<string> DescribeReachAsync(CancellationToken cancellationToken)
    {
        const string Existing = "Indices that exist keep the settings and mappings that they have";
        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        try
        {
            var today = IndexDay.Name(names.IndexPrefix, day);
            var exists = await cluster.GetAsync($"/{today}?filter_path=*.settings.index.uuid", cancellationToken) is not null;
            return $"{Existing}; the first of the others is {(exists ? IndexDay.Name(names.IndexPrefix, day.AddDays(1)) : today)}.";
        }
        catch (ClusterRefusedException)
        {
            // Which indices there are may be nothing for this user.
            return $"{Existing}.";
        }
    }

    /// <summary>No index is deleted before it is in a snapshot, as well as the version can promise it.</summary>
    private async Task<Deletion> DecideDeletionAsync(
        ClusterFeatures features, ResourceReport? snapshotPolicy, bool apply, CancellationToken cancellationToken)
    {
        if (snapshotPolicy is null)
            return Deletion.ByAge;
        if (features.WaitForSnapshot)
        {
            var willExist = snapshotPolicy.Exists != false || (!apply && snapshotPolicy.State == ResourceState.Missing);
            return willExist || !features.PolicyNeedsSnapshotPolicy ? Deletion.AfterSnapshot : Deletion.Held;
        }

        // What may not be looked at (Exists is null) can't be relied on.
        var answer = snapshotPolicy.Exists == true ? await cluster.GetAsync($"/_slm/policy/{names.SnapshotPolicy}", cancellationToken) : null;
        var lastSuccess = answer.At(names.SnapshotPolicy).At("last_success").At("time").Moment() ?? DateTimeOffset.UnixEpoch;
        return time.GetUtcNow() - lastSuccess <= options.SnapshotOverdueAfter
            ? Deletion.ByAge
            : Deletion.Held;
    }
}
