using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Reconcile;
using AuraLogs.Lifecycle.Status;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>What a report makes of health, and that it is taken back when it is over.</summary>
public sealed class LifecycleProblemsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly SnapshotStatus GoodSnapshots =
        new(Now.AddHours(-10), "good", null, null, Now.AddHours(14), null, 1, 0, 0, Now.AddDays(-9));

    private static readonly IndexStatus GoodIndex = new("aura-services-2026.11.20", "aura-services", Now.AddDays(5), "hot/complete", null);

    private readonly Problems _problems = new(new ManualTime(Now));
    private readonly LifecycleProblems _lifecycle;

    public LifecycleProblemsTests() => _lifecycle = new LifecycleProblems(_problems, new LifecycleOptions(), ManagedCluster.Names);

    [Fact]
    public void A_good_report_is_no_problem() => Assert.Empty(CodesOf(Report()));

    [Fact]
    public void Snapshots_that_fail_are_named_with_their_reason()
    {
        var failing = GoodSnapshots with { LastFailure = Now.AddHours(-1), LastFailureReason = "no such container" };
        Assert.Equal(["lifecycle-snapshot-failed"], CodesOf(Report(snapshots: failing)));
        Assert.Contains("no such container", _problems.Current[0].Sentence, StringComparison.Ordinal);
        Assert.Empty(CodesOf(Report(snapshots: failing with { LastGood = Now })));
    }

    [Fact]
    public void A_last_good_snapshot_that_is_too_old_is_named()
    {
        Assert.Empty(CodesOf(Report(snapshots: GoodSnapshots with { LastGood = Now.AddHours(-36) })));
        Assert.Equal(["lifecycle-snapshot-overdue"], CodesOf(Report(snapshots: GoodSnapshots with { LastGood = Now.AddHours(-37) })));
        Assert.Equal(["lifecycle-snapshot-overdue"], CodesOf(Report(snapshots: GoodSnapshots with { LastGood = null })));
        Assert.Empty(CodesOf(Report(snapshots: GoodSnapshots with { LastGood = null, PolicyModified = Now.AddHours(-1) })));
    }

    [Fact]
    public void Indices_that_outlive_their_snapshot_are_named_and_not_before()
    {
        Assert.Empty(CodesOf(Report(GoodIndex with { DeleteAt = Now.AddHours(-36) })));
        Assert.Equal(["lifecycle-indices-past-retention"], CodesOf(Report(GoodIndex with { DeleteAt = Now.AddHours(-37) })));
    }

    [Fact]
    public void Indices_without_our_policy_and_those_that_ILM_fails_for_are_named()
    {
        Assert.Equal(["lifecycle-indices-without-policy"], CodesOf(Report(GoodIndex with { Policy = null })));
        Assert.Equal(["lifecycle-indices-without-policy"], CodesOf(Report(GoodIndex with { Policy = "somebody's" })));
        Assert.Equal(["lifecycle-index-error"], CodesOf(Report(GoodIndex with { Error = "policy is missing" })));
        Assert.Empty(CodesOf(Report(GoodIndex with { Name = "aura-dead-letters-2026.11.20", Policy = "aura-dead-letters" })));
    }

    [Fact]
    public void Services_that_are_stopped_and_deletions_that_are_held_are_named()
    {
        Assert.Equal(["lifecycle-ilm-stopped", "lifecycle-slm-stopped"], CodesOf(Report() with { IlmRunning = false, SlmRunning = false }));
        var held = Report();
        Assert.Equal(["lifecycle-deletions-held"], CodesOf(held with { Pass = held.Pass with { Deletion = Deletion.Held } }));
    }

    [Fact]
    public void What_is_over_is_taken_back()
    {
        _lifecycle.Unreachable("nobody there");
        Assert.Equal(["lifecycle-not-checked"], _problems.Current.Select(problem => problem.Code));
        Assert.Empty(CodesOf(Report()));
    }

    [Fact]
    public void A_quarrel_is_named()
    {
        var repaired = new ResourceReport("ILM policy", "aura-services", ResourceState.InPlace) { Change = ResourceChange.Repaired };
        _lifecycle.Show(Report(), [repaired]);
        Assert.Equal(["lifecycle-ilm-policy-aura-services-keeps-changing"], _problems.Current.Select(problem => problem.Code));
    }

    private IEnumerable<string> CodesOf(LifecycleReport report)
    {
        _lifecycle.Show(report, []);
        return _problems.Current.Select(problem => problem.Code).Order(StringComparer.Ordinal);
    }

    private static LifecycleReport Report(IndexStatus? index = null, SnapshotStatus? snapshots = null) => new(
        Now,
        new LifecyclePass(
            new ClusterFeatures(new Version(8, 15, 3)), Deletion.AfterSnapshot,
            [new ResourceReport("ILM policy", "aura-services", ResourceState.InPlace)], ReadyForEvents: true),
        [index ?? GoodIndex],
        snapshots ?? GoodSnapshots,
        IlmRunning: true,
        SlmRunning: true,
        []);
}
