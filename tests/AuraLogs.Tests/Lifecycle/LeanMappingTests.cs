using System.Text.Json.Nodes;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Reconcile;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>The lean mapping in an index: what it takes, and which searches find it.</summary>
public sealed class LeanMappingTests
{
    private const string Document = """
        {"@timestamp":"2026-11-22T12:00:00Z","log":"TLS handshake with 127.0.0.1 failed","stream":"stderr","level":"ERROR",
         "error":{"message":"connection reset by peer","code":"ECONNRESET"},
         "kubernetes":{"pod_name":"cart-1","namespace_name":"shop","labels":{"app":"cart","app.kubernetes.io/name":"cart"}}}
        """;

    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Clusters => TestCluster.LocalAndNamed("7.6.2", "7.10.2", "8.19.0", "9.1.0");

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task It_finds_words_and_phrases_in_messages_and_whole_values_elsewhere(string which)
    {
        await using var cluster = await TestCluster.StartAsync(which, new LifecycleOptions { Mapping = IndexMapping.Lean });
        Assert.True((await cluster.Lifecycle.ApplyAsync()).InPlace);
        Assert.True((await cluster.Lifecycle.PlanAsync()).InPlace);
        await cluster.SendAsync("PUT", $"/{cluster.IndexPrefix}-2026.11.22/_create/1?refresh=true", Document);

        Assert.Equal(1, await CountAsync(cluster, """{"match":{"log":"handshake"}}"""));
        Assert.Equal(1, await CountAsync(cluster, """{"match_phrase":{"log":"handshake with"}}"""));
        Assert.Equal(0, await CountAsync(cluster, """{"match_phrase":{"log":"with handshake"}}"""));
        Assert.Equal(1, await CountAsync(cluster, """{"match":{"error.message":"reset"}}"""));
        Assert.Equal(1, await CountAsync(cluster, """{"term":{"level":"ERROR"}}"""));
        Assert.Equal(1, await CountAsync(cluster, """{"term":{"error.code":"ECONNRESET"}}"""));
        Assert.Equal(1, await CountAsync(cluster, """{"term":{"kubernetes.namespace_name":"shop"}}"""));
        Assert.Equal(1, await CountAsync(cluster, """{"term":{"kubernetes.namespace_name.keyword":"shop"}}"""));
        Assert.Equal(1, await CountAsync(cluster, """{"term":{"stream.keyword":"stderr"}}"""));
        Assert.Equal(1, await CountAsync(cluster, """{"term":{"kubernetes.labels.app":"cart"}}"""));
        Assert.Equal(0, await CountAsync(cluster, """{"exists":{"field":"level.keyword"}}"""));
    }

    [Fact]
    public async Task A_plan_says_from_which_index_on_a_changed_mapping_holds()
    {
        await using var cluster = await LocalCluster.StartAsync(Start, "8.19.0", new LifecycleOptions());
        await cluster.Lifecycle.ApplyAsync();
        cluster.Lifecycle.Options.Mapping = IndexMapping.Lean;

        var template = await PlanAsync(cluster);
        Assert.Contains(template.Differences, difference => difference.Field.EndsWith("properties.log.type", StringComparison.Ordinal));
        Assert.EndsWith("the first of the others is aura-services-2026.11.22.", template.Reach, StringComparison.Ordinal);

        await cluster.IndexAsync("today's index is there now");
        Assert.EndsWith("the first of the others is aura-services-2026.11.23.", (await PlanAsync(cluster)).Reach, StringComparison.Ordinal);

        Assert.True((await cluster.Lifecycle.ApplyAsync()).InPlace);
        Assert.True((await cluster.Lifecycle.PlanAsync()).InPlace);
    }

    private static async Task<ResourceReport> PlanAsync(LocalCluster cluster) => Assert.Single(
        (await cluster.Lifecycle.PlanAsync()).Resources,
        resource => resource is { Kind: "index template", Name: "aura-services", State: ResourceState.Different });

    private static async Task<long> CountAsync(TestCluster cluster, string query) =>
        (long)(await cluster.SendAsync("GET", $"/{cluster.IndexPrefix}-*/_count", new JsonObject { ["query"] = JsonNode.Parse(query) }.ToJsonString()))["count"]!;
}
