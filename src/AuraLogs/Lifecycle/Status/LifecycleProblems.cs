using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Reconcile;
using AuraLogs.Telemetry;

namespace AuraLogs.Lifecycle.Status;

/// <summary>Says what is wrong with the lifecycle as health's problems, and takes back what is over. None of them stops intake.</summary>
internal sealed class LifecycleProblems(Problems problems, LifecycleOptions options, LifecycleNames names)
{
    private const string IndexingWaits = "indexing-waits-for-templates";

    private readonly HashSet<string> _raised = new(StringComparer.Ordinal);

    /// <summary>The cluster could not be asked at all.</summary>
    public void Unreachable(string reason) =>
        problems.Raise(Track("lifecycle-not-checked"), $"Templates, policies and snapshots can't be checked: {reason}.");

    /// <summary>Events are held back, for so long at most.</summary>
    public void HoldsIndexing(TimeSpan most) =>
        problems.Raise(
            IndexingWaits,
            $"Indexing waits for the index templates, which Elasticsearch refuses, for {Math.Ceiling(most.TotalMinutes)} more minutes at most; then it goes on without. Logs stay in the queue.");

    public void LetsIndexingGo() => problems.Clear(IndexingWaits);

    public void Show(LifecycleReport report, IReadOnlyCollection<ResourceReport> quarrels)
    {
        var current = Describe(report, quarrels).ToDictionary(problem => problem.Code, problem => problem.Sentence, StringComparer.Ordinal);
        foreach (var (code, sentence) in current)
            problems.Raise(Track(code), sentence);
        foreach (var over in _raised.Where(code => !current.ContainsKey(code)).ToList())
        {
            problems.Clear(over);
            _raised.Remove(over);
        }
    }

    private IEnumerable<(string Code, string Sentence)> Describe(LifecycleReport report, IReadOnlyCollection<ResourceReport> quarrels)
    {
        foreach (var resource in report.Pass.Resources.Where(resource => resource.State != ResourceState.InPlace))
            yield return (CodeOf(resource), resource.Sentence ?? $"The {resource.Kind} {resource.Name} is not as it should be.");
        foreach (var resource in quarrels)
        {
            yield return (CodeOf(resource) + "-keeps-changing",
                $"Somebody keeps changing the {resource.Kind} {resource.Name} back: do all replicas have the same configuration?");
        }

        if (!report.Pass.Features.IsKnown)
        {
            yield return ("lifecycle-version-unknown",
                "AuraLogs may not read the version of Elasticsearch (GET / is refused) and does what every version takes: give its user the cluster privilege monitor.");
        }

        if (report.Blind.Count > 0)
            yield return ("lifecycle-blind", string.Join(' ', report.Blind));
        if (!report.IlmRunning)
            yield return ("lifecycle-ilm-stopped", "ILM is stopped in the cluster, so no index is deleted: POST _ilm/start.");
        if (options.Snapshots && !report.SlmRunning)
            yield return ("lifecycle-slm-stopped", "SLM is stopped in the cluster, so no snapshot is taken: POST _slm/start.");
        foreach (var problem in DescribeIndices(report).Concat(DescribeSnapshots(report)))
            yield return problem;
    }

    private IEnumerable<(string Code, string Sentence)> DescribeIndices(LifecycleReport report)
    {
        var unmanaged = report.Indices.Where(index => index.Policy != PolicyOf(index)).ToList();
        if (unmanaged.Count > 0)
        {
            yield return ("lifecycle-indices-without-policy",
                $"{Count(unmanaged)} not under our policy and will not be deleted: {Names(unmanaged)}. "
                + "Delete them by hand, or set AuraLogs:Lifecycle:TakeOver to true to give them the policy.");
        }

        var overdue = report.Indices.Where(index => index.IsOverdueAt(report.At - options.SnapshotOverdueAfter)).ToList();
        if (overdue.Count > 0)
        {
            yield return ("lifecycle-indices-past-retention",
                $"{Count(overdue)} past the retention and still there: {Names(overdue)}. ILM is at: {overdue[0].Error ?? overdue[0].Step}.");
        }

        var failed = report.Indices.Where(index => index.Error is not null).ToList();
        if (failed.Count > 0)
            yield return ("lifecycle-index-error", $"ILM fails for {Names(failed)}: {failed[0].Error}. POST INDEX/_ilm/retry when it is repaired.");
    }

    private IEnumerable<(string Code, string Sentence)> DescribeSnapshots(LifecycleReport report)
    {
        if (options.Snapshots && report.Pass.Deletion == Deletion.Held)
        {
            yield return ("lifecycle-deletions-held",
                "No index is deleted, because no snapshot can be relied on. This disk will fill up: see to the snapshots.");
        }

        if (report.Snapshots is not { } snapshots)
            yield break;
        if (snapshots.IsFailing)
            yield return ("lifecycle-snapshot-failed", $"The snapshot of {snapshots.LastFailure:u} failed: {snapshots.LastFailureReason}.");
        if (report.At - (snapshots.LastGood ?? snapshots.PolicyModified) > options.SnapshotOverdueAfter)
        {
            yield return ("lifecycle-snapshot-overdue", snapshots.LastGood is { } last
                ? $"The last good snapshot is of {last:u}; indices are kept until there is a new one."
                : "No snapshot has been taken yet; indices are kept until there is one.");
        }
    }

    private string PolicyOf(IndexStatus index) =>
        index.Name.StartsWith(names.DeadLetterPrefix + "-", StringComparison.Ordinal) ? names.DeadLetterPolicy : names.Policy;

    private string Track(string code)
    {
        _raised.Add(code);
        return code;
    }

    private static string CodeOf(ResourceReport resource) => $"lifecycle-{resource.Kind.Replace(' ', '-').ToLowerInvariant()}-{resource.Name}";

    private static string Count(List<IndexStatus> indices) => indices.Count == 1 ? "1 index is" : $"{indices.Count} indices are";

    private static string Names(List<IndexStatus> indices) =>
        string.Join(", ", indices.Take(3).Select(index => index.Name)) + (indices.Count > 3 ? $" and {indices.Count - 3} more" : "");
}
