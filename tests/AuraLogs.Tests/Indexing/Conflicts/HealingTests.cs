using System.Text.Json.Nodes;
using AuraLogs.Indexing.Conflicts;
using AuraLogs.Tests.Lifecycle;
using AuraLogs.Tests.Queue;
using FsCheck;
using FsCheck.Fluent;

namespace AuraLogs.Tests.Indexing.Conflicts;

/// <summary>Documents at odds with each other, through the whole way to an index of the built-in template.</summary>
public sealed class HealingTests
{
    private const int Documents = 150;

    public static TheoryData<string> Clusters => TestCluster.LocalAndNamed("7.6.2", "8.19.0", "9.1.0");

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task Generated_conflicts_all_end_in_the_index_with_what_conflicts_moved_and_nothing_else(string which)
    {
        await using var cluster = await TestCluster.StartAsync(which);
        await cluster.Lifecycle.ApplyAsync();
        var property = Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => HealsAsync(cluster, seed).GetAwaiter().GetResult());
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3), property);
    }

    /// <summary>
    /// 20098581: a field that is known to conflict held the one that the answer named. 972060779, on a real 7.10.2: the answer named a
    /// field with dots in its name without the path to it. 820466966, there too: a name ended with a dot.
    /// </summary>
    [Theory]
    [InlineData("7.6.2", 20098581)]
    [InlineData("7.10.2", 972060779)]
    [InlineData("7.10.2", 820466966)]
    public async Task A_seed_that_once_failed_heals(string version, int seed)
    {
        await using var cluster = await TestCluster.StartAsync(version);
        await cluster.Lifecycle.ApplyAsync();
        await HealsAsync(cluster, seed);
    }

    /// <summary>The index has room for few fields; what a document brings beyond them moves.</summary>
    [Theory]
    [InlineData("7.6.2")]
    [InlineData("7.17.6")]
    public async Task Fields_that_an_index_has_no_room_for_move(string version)
    {
        await using var cluster = await TestCluster.StartAsync(version, new AuraLogs.Lifecycle.LifecycleOptions { FieldLimit = 100 });
        await cluster.Lifecycle.ApplyAsync();
        using var directory = new QueueDirectory();
        await using var run = await new IndexingRun(directory, cluster.Url.ToString(), options => options.IndexPrefix = cluster.IndexPrefix).StartAsync();
        await AppendAsync(run, 1, 40, n => new Dictionary<string, object?> { ["n"] = n, ["own"] = new Dictionary<string, object?> { [$"f{n}"] = $"value {n}" }, [$"other{n}"] = n });
        await run.DrainedAsync();

        run.AssertLedger(indexed: 40);
        var sources = await SourcesAsync(cluster);
        Assert.Equal(40, sources.Count);
        var moved = sources.Where(source => source["conflict_fields"] is not null).ToList();
        Assert.InRange(moved.Count, 1, 30);
        Assert.All(moved, source => Assert.Contains($"other{source["n"]}", source["conflict"]!.AsObject().Select(field => field.Key)));
    }

    public static TheoryData<string> OneClusterAndNamed => TestCluster.LocalAndNamed("8.19.0");

    [Theory]
    [MemberData(nameof(OneClusterAndNamed))]
    public async Task What_is_too_deep_moves(string which)
    {
        await using var cluster = await TestCluster.StartAsync(which);
        await cluster.Lifecycle.ApplyAsync();
        using var directory = new QueueDirectory();
        await using var run = await new IndexingRun(directory, cluster.Url.ToString(), options => options.IndexPrefix = cluster.IndexPrefix).StartAsync();
        await AppendAsync(run, 1, 1, n => new Dictionary<string, object?> { ["n"] = n, ["o"] = Deep(40) });
        await run.DrainedAsync();

        run.AssertLedger(indexed: 1);
        Assert.Contains("\"conflict_fields\":[\"o.o.o", Assert.Single(await SourcesAsync(cluster)).ToJsonString(), StringComparison.Ordinal);

        static object Deep(int depth) => depth == 0 ? 1L : new Dictionary<string, object?> { ["o"] = Deep(depth - 1) };
    }

    private static async Task<bool> HealsAsync(TestCluster cluster, int seed)
    {
        var records = new RandomRecords(new Random(seed));
        var made = Enumerable.Range(0, Documents).Select(records.Next).ToList();
        using var directory = new QueueDirectory();
        await using var run = await new IndexingRun(directory, cluster.Url.ToString(), options => options.IndexPrefix = cluster.IndexPrefix).StartAsync();
        await AppendAsync(run, seed, Documents, n => made[n].Record);
        await run.DrainedAsync();
        await cluster.SendAsync("POST", "/aura-dead-letters-*/_refresh");
        var letters = (await cluster.SendAsync("GET", "/aura-dead-letters-*/_search?size=10000"))["hits"]!["hits"]!.AsArray()
            .Where(letter => ((string)letter!["_source"]!["index"]!).StartsWith(cluster.IndexPrefix, StringComparison.Ordinal));
        Assert.True(!letters.Any(), $"seed {seed}: {letters.FirstOrDefault()?.ToJsonString()}");
        run.AssertLedger(indexed: Documents);

        var sources = (await SourcesAsync(cluster)).ToDictionary(source => (int)source["n"]!);
        Assert.Equal(Documents, sources.Count);
        var healed = 0;
        foreach (var (n, source) in sources)
        {
            source.Remove("@timestamp");
            var keys = source["conflict_fields"]?.AsArray().Select(key => (string)key!).ToList() ?? [];
            healed += keys.Count > 0 ? 1 : 0;
            var expected = ReferenceMoves.Move(made[n].Document, keys);
            Assert.True(ReferenceMoves.AreEqual(expected, source), $"seed {seed}, document {n}: {made[n].Document.ToJsonString()} became {source.ToJsonString()}");
        }

        // Some of the first documents fit, for they make the mapping; of the others many do not.
        Assert.InRange(healed, Documents / 10, Documents - 1);
        Assert.NotEmpty(run.Service<FieldConflicts>().Current);
        await cluster.SendAsync("DELETE", $"/{cluster.IndexPrefix}-*");
        return true;
    }

    private static async Task AppendAsync(IndexingRun run, int seed, int count, Func<int, object?> record)
    {
        var address = 0L;
        for (var first = 0; first < count; first += 30)
            address = await run.Queue.AppendAsync(TestEvents.Entry($"chunk-{seed}-{first}", first, Math.Min(30, count - first), record: record), default);
        await run.Queue.WaitForCommitAsync(address, default);
    }

    private static async Task<List<JsonObject>> SourcesAsync(TestCluster cluster)
    {
        await cluster.SendAsync("POST", $"/{cluster.IndexPrefix}-*/_refresh");
        var found = await cluster.SendAsync("GET", $"/{cluster.IndexPrefix}-*/_search?size=10000");
        return [.. found["hits"]!["hits"]!.AsArray().Select(hit => hit!["_source"]!.DeepClone().AsObject())];
    }
}
