using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.Queue;
using AuraLogs.Tests.Indexing;
using AuraLogs.Tests.Lifecycle;
using AuraLogs.Tests.MessagePack;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// After an outage longer than <c>WarmAfterDays</c> events went to an index that AuraLogs' own policy had made read-only meanwhile, and
/// waited for ever; when they had filled the memory, those of today waited behind them.
/// </summary>
public sealed class LateEventsTests : IAsyncLifetime, IDisposable
{
    private const int WarmAfterDays = 2;

    private static readonly DateTimeOffset Old = DateTimeOffset.UtcNow.AddDays(-5);

    private readonly QueueDirectory _directory = new();
    private readonly QueueDirectory _next = new();
    private LocalCluster _cluster = null!;

    private static string OldIndex => IndexOf(Old);

    /// <summary>The oldest index that is still written to.</summary>
    private static string Target => IndexOf(DateTimeOffset.UtcNow.AddDays(1 - WarmAfterDays));

    public async Task InitializeAsync()
    {
        _cluster = await LocalCluster.StartAsync(DateTimeOffset.UtcNow);
        await _cluster.Lifecycle.ApplyAsync();
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    public void Dispose()
    {
        _directory.Dispose();
        _next.Dispose();
    }

    [Fact]
    public async Task Late_events_go_to_the_oldest_index_that_takes_them_and_none_that_is_there_already_is_written_twice()
    {
        // 1. Some are indexed, and then the index becomes read-only.
        await using (var before = await new IndexingRun(_directory, _cluster.Url.ToString(), warmAfterDays: WarmAfterDays).StartAsync())
        {
            await AppendAsync(before, "early", 10);
            await before.DrainedAsync();
            before.AssertLedger(indexed: 10);
        }

        await BlockAsync("write");

        // 2. They come again, as after a crash, with others that are new, on the blocked day and today.
        await using var run = await new IndexingRun(_next, _cluster.Url.ToString(), warmAfterDays: WarmAfterDays).StartAsync();
        await AppendAsync(run, "early", 10);
        await AppendAsync(run, "late", 10);
        await run.AppendAsync(10, prefix: "today");
        await run.DrainedAsync();

        run.AssertLedger(indexed: 20, duplicates: 10);
        Assert.Equal(10, await CountAsync(OldIndex));
        Assert.Equal(10, await CountAsync(Target));
        await Until.TrueAsync(() => run.Problems.Current.Count == 0);

        // 3. Once more: the new ones are found where they went.
        await AppendAsync(run, "late", 10);
        await run.DrainedAsync();
        run.AssertLedger(indexed: 20, duplicates: 20);
        Assert.Equal(10, await CountAsync(Target));
    }

    [Theory]
    [InlineData("read_only_allow_delete", WarmAfterDays)]
    [InlineData("write", null)]
    public async Task Any_other_block_is_waited_for(string block, int? warmAfterDays)
    {
        await _cluster.SendAsync("PUT", $"/{OldIndex}");
        await BlockAsync(block);
        await using var run = await new IndexingRun(_directory, _cluster.Url.ToString(), warmAfterDays: warmAfterDays).StartAsync();
        await AppendAsync(run, "late", 10);
        await run.AppendAsync(10, prefix: "today");
        await Until.TrueAsync(() => run.Problems.Current.Any(problem => problem.Code == "index-refuses-documents" && problem.Sentence.Contains(OldIndex, StringComparison.Ordinal)));
        await Until.TrueAsync(() => run.Queue.Ledger.Indexed == 10);
        Assert.Equal(10, run.Queue.Ledger.Queued);

        await _cluster.SendAsync("PUT", $"/{OldIndex}/_settings", $$"""{"index.blocks.{{block}}":null}""");
        await run.DrainedAsync();
        Assert.Equal(10, await CountAsync(OldIndex));
    }

    /// <summary>Without the right to look they may be there already, so they wait, and health says what is missing.</summary>
    [Fact]
    public async Task Where_the_ids_can_not_be_looked_up_late_events_wait()
    {
        await using var server = await BulkServer.StartAsync();
        server.Refuse = (index, _) => index == OldIndex ? (403, "cluster_block_exception", $"index [{index}] blocked by: [FORBIDDEN/8/index write (api)];") : null;
        await using var run = await new IndexingRun(_directory, server.Url.ToString(), warmAfterDays: WarmAfterDays).StartAsync();
        await AppendAsync(run, "late", 10);

        // What answers _mget there knows of no documents.
        await Until.TrueAsync(() => run.Problems.Current.Any(problem => problem.Sentence.Contains("the privilege read", StringComparison.Ordinal)));
        Assert.Equal(10, run.Queue.Ledger.Queued);
        Assert.Empty(server.Documents);
    }

    private static string IndexOf(DateTimeOffset time) => $"aura-services-{time.UtcDateTime.ToString("yyyy.MM.dd", CultureInfo.InvariantCulture)}";

    private static async Task AppendAsync(IndexingRun run, string chunk, int count)
    {
        var events = new MessagePackWriter();
        for (var n = 0; n < count; n++)
            events.Array(2).EventTime(Old.ToUnixTimeSeconds(), (uint)n).Value(new Dictionary<string, object?> { ["n"] = n, ["chunk"] = chunk });
        var entry = new NewEntry
        {
            Tag = "kube.test"u8.ToArray(),
            ChunkId = Encoding.UTF8.GetBytes(chunk),
            Events = events.ToArray(),
            EventCount = count,
            ChunkSecond = (uint)Old.ToUnixTimeSeconds(),
        };
        await run.Queue.WaitForCommitAsync(await run.Queue.AppendAsync(entry, default), default);
    }

    private Task<JsonNode> BlockAsync(string block) => _cluster.SendAsync("PUT", $"/{OldIndex}/_settings", $$"""{"index.blocks.{{block}}":true}""");

    private async Task<int> CountAsync(string index)
    {
        await _cluster.SendAsync("POST", $"/{index}/_refresh");
        return (int)(await _cluster.SendAsync("GET", $"/{index}/_count"))["count"]!;
    }
}
