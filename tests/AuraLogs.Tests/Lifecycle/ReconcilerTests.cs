using System.Text.Json.Nodes;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Reconcile;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Lifecycle;

public sealed class ReconcilerTests
{
    private const string Policy = "/_ilm/policy/aura-services";
    private const string SnapshotPolicy = "/_slm/policy/aura-services-daily";

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("7.4.2")]
    [InlineData("7.5.2")]
    [InlineData("7.6.0")]
    [InlineData("7.8.1")]
    [InlineData("7.17.9")]
    [InlineData("8.13.0")]
    [InlineData("8.15.3")]
    [InlineData("9.1.0")]
    public async Task Every_version_takes_what_is_put_and_is_in_place_after_one_pass(string version)
    {
        await using var server = await DocumentedCluster.StartAsync(version);
        using var cluster = new ManagedCluster(server.Url, _time);

        var plan = await cluster.PlanAsync();
        Assert.All(plan.Resources, resource => Assert.Equal(ResourceState.Missing, resource.State));
        Assert.Empty(server.Puts);

        var applied = await cluster.ApplyAsync();
        Assert.True(applied.InPlace);
        Assert.True(applied.ReadyForEvents);
        Assert.All(applied.Resources, resource => Assert.Equal(ResourceChange.Created, resource.Change));
        Assert.Equal(6, server.Puts.Count);

        Assert.True((await cluster.ApplyAsync()).InPlace);
        Assert.True((await cluster.PlanAsync()).InPlace);
        Assert.Equal(6, server.Puts.Count);
    }

    [Fact]
    public async Task Drift_is_named_by_its_field_and_only_it_is_put()
    {
        await using var server = await DocumentedCluster.StartAsync("8.15.3");
        using var cluster = new ManagedCluster(server.Url, _time);
        await cluster.ApplyAsync();
        server.Puts.Clear();
        server.Resources[Policy]["phases"]!["delete"]!["min_age"] = "3d";

        var plan = await cluster.PlanAsync();
        var differing = Assert.Single(plan.Resources, resource => resource.State != ResourceState.InPlace);
        Assert.Equal([new FieldDifference("phases.delete.min_age", "3d", "8d")], differing.Differences);

        var repaired = Assert.Single((await cluster.ApplyAsync()).Resources, resource => resource.Change == ResourceChange.Repaired);
        Assert.Equal("aura-services", repaired.Name);
        Assert.Equal([Policy], server.Puts);
        Assert.True((await cluster.PlanAsync()).InPlace);
    }

    [Fact]
    public async Task What_somebody_deleted_comes_back()
    {
        await using var server = await DocumentedCluster.StartAsync("9.1.0");
        using var cluster = new ManagedCluster(server.Url, _time);
        await cluster.ApplyAsync();
        server.Resources.Clear();
        Assert.True((await cluster.ApplyAsync()).InPlace);
        Assert.Equal(6, server.Resources.Count);
    }

    [Fact]
    public async Task What_somebody_else_made_is_left_alone_until_told_otherwise()
    {
        await using var server = await DocumentedCluster.StartAsync("8.15.3");
        var theirs = JsonNode.Parse("""{"phases":{"delete":{"min_age":"90d","actions":{"delete":{}}}},"_meta":{"managed_by":"somebody"}}""")!.AsObject();
        server.Resources[Policy] = theirs;
        using var cluster = new ManagedCluster(server.Url, _time);

        var pass = await cluster.ApplyAsync();
        var foreign = Assert.Single(pass.Resources, resource => resource.State == ResourceState.Foreign);
        Assert.Contains("TakeOver", foreign.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(Policy, server.Puts);
        Assert.True(pass.ReadyForEvents);

        Assert.True((await cluster.Reconciler.RunAsync(apply: true, takeOver: true, CancellationToken.None)).InPlace);
        Assert.Equal("8d", (string?)server.Resources[Policy]["phases"]!["delete"]!["min_age"]);
    }

    [Theory]
    [InlineData("7.6.0", "aura-services-daily")]
    [InlineData("8.15.3", null)]
    public async Task Without_a_repository_no_index_can_be_deleted_and_events_still_come_in(string version, string? waitsFor)
    {
        await using var server = await DocumentedCluster.StartAsync(version);
        using var cluster = new ManagedCluster(server.Url, _time, local: false);

        var pass = await cluster.ApplyAsync();
        var failed = Assert.Single(pass.Resources, resource => resource.State == ResourceState.Failed);
        Assert.Contains("set AuraLogs:Lifecycle:Repository:Type", failed.Sentence, StringComparison.Ordinal);
        Assert.True(pass.ReadyForEvents);
        Assert.Equal(waitsFor, (string?)DeletePhase(server)?["actions"]!["wait_for_snapshot"]!["policy"]);

        server.Resources["/_snapshot/auralogs"] = new JsonObject { ["type"] = "azure", ["settings"] = new JsonObject() };
        Assert.True((await cluster.ApplyAsync()).InPlace);
        Assert.Equal("aura-services-daily", (string?)DeletePhase(server)!["actions"]!["wait_for_snapshot"]!["policy"]);
    }

    [Fact]
    public async Task Where_deletions_can_not_wait_they_are_held_while_the_last_snapshot_is_old()
    {
        await using var server = await DocumentedCluster.StartAsync("7.5.2");
        using var cluster = new ManagedCluster(server.Url, _time);
        Assert.Equal(Deletion.Held, (await cluster.ApplyAsync()).Deletion);
        Assert.Null(DeletePhase(server));

        server.LastGoodSnapshot = _time.GetUtcNow();
        Assert.Equal(Deletion.ByAge, (await cluster.ApplyAsync()).Deletion);
        Assert.Equal("8d", (string?)DeletePhase(server)!["min_age"]);

        _time.Advance(TimeSpan.FromHours(37));
        Assert.Equal(Deletion.Held, (await cluster.ApplyAsync()).Deletion);
        Assert.Null(DeletePhase(server));
    }

    [Fact]
    public async Task A_default_that_a_future_version_adds_is_no_reason_to_put_again()
    {
        await using var server = await DocumentedCluster.StartAsync("10.0.0");
        server.Keep = (path, policy) =>
        {
            if (path == Policy)
                policy["phases"]!["delete"]!["allow_anything"] = true;
        };
        using var cluster = new ManagedCluster(server.Url, _time);
        Assert.True((await cluster.ApplyAsync()).InPlace);
        Assert.True((await cluster.ApplyAsync()).InPlace);
        Assert.Single(server.Puts, Policy);
    }

    [Fact]
    public async Task What_Elasticsearch_does_not_keep_is_said_and_not_put_again()
    {
        await using var server = await DocumentedCluster.StartAsync("8.15.3");
        server.Keep = (path, policy) =>
        {
            if (path == SnapshotPolicy)
                policy.Remove("retention");
        };
        using var cluster = new ManagedCluster(server.Url, _time);
        for (var i = 0; i < 3; i++)
        {
            var lost = Assert.Single((await cluster.ApplyAsync()).Resources, resource => resource.State == ResourceState.NotKept);
            Assert.Contains("does not keep retention.expire_after", lost.Sentence, StringComparison.Ordinal);
        }

        Assert.Single(server.Puts, SnapshotPolicy);
    }

    [Fact]
    public async Task Replicas_that_start_at_once_agree_and_then_rest()
    {
        await using var server = await DocumentedCluster.StartAsync("8.15.3");
        var replicas = Enumerable.Range(0, 4).Select(_ => new ManagedCluster(server.Url, _time)).ToList();
        await Task.WhenAll(replicas.Select(replica => replica.ApplyAsync()));
        server.Puts.Clear();
        var passes = await Task.WhenAll(replicas.Select(replica => replica.ApplyAsync()));
        Assert.All(passes, pass => Assert.True(pass.InPlace));
        Assert.Empty(server.Puts);
        replicas.ForEach(replica => replica.Dispose());
    }

    [Fact]
    public async Task An_upgrade_of_the_cluster_is_no_quarrel_with_our_own_unmarked_policy()
    {
        await using var before = await DocumentedCluster.StartAsync("7.10.2");
        using (var cluster = new ManagedCluster(before.Url, _time))
            await cluster.ApplyAsync();
        await using var after = await DocumentedCluster.StartAsync("8.15.3");
        foreach (var (path, resource) in before.Resources)
            after.Resources[path] = resource.DeepClone().AsObject();
        using var upgraded = new ManagedCluster(after.Url, _time);
        Assert.True((await upgraded.ApplyAsync()).InPlace);
    }

    private static JsonNode? DeletePhase(DocumentedCluster server) => server.Resources[Policy]["phases"]!["delete"];
}
