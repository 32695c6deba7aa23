using AuraLogs.Tests.Indexing;
using AuraLogs.Tests.Queue;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// Since 7.7 the block of a full disk is a 429, which was taken for an overload: good documents became dead letters while other
/// indices took theirs, and health named neither the index nor the cause.
/// </summary>
public sealed class BlockedIndexTests : IAsyncLifetime, IDisposable
{
    private const string FullDisk = "TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block";

    private readonly QueueDirectory _directory = new();
    private BulkServer _server = null!;

    public async Task InitializeAsync() => _server = await BulkServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(403)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_full_disk_is_a_block_under_any_status_and_health_names_index_and_cause(int status)
    {
        var isBlocked = true;
        _server.Refuse = (index, document) => Volatile.Read(ref isBlocked) && document.GetProperty("n").GetInt32() % 2 == 0
            ? (status, "cluster_block_exception", $"index [{index}] blocked by: [{FullDisk}];")
            : null;
        await using var run = await new IndexingRun(_directory, _server.Url.ToString(), options => options.GiveUpAfter = TimeSpan.FromSeconds(1)).StartAsync();
        await run.AppendAsync(100);
        await Until.TrueAsync(() => _server.Logs.Count() == 50);

        await Until.TrueAsync(() => run.Problems.Current.Any(problem => problem.Code == "index-refuses-documents"));
        var problem = Assert.Single(run.Problems.Current);
        Assert.Contains(_server.Logs.First().Key.Index, problem.Sentence, StringComparison.Ordinal);
        Assert.Contains(FullDisk, problem.Sentence, StringComparison.Ordinal);
        Assert.Contains("index.blocks.read_only_allow_delete", problem.Sentence, StringComparison.Ordinal);

        Volatile.Write(ref isBlocked, false);
        await run.DrainedAsync();
        run.AssertLedger(indexed: 100);
        await Until.TrueAsync(() => run.Problems.Current.Count == 0);
    }

    /// <summary>Both were sent again together before, as soon as the overload allowed it.</summary>
    [Fact]
    public async Task What_is_blocked_is_tried_slowly_although_others_of_its_request_are_tried_soon()
    {
        var (blockedTries, overloads) = (0, 0);
        _server.Refuse = (index, document) => document.GetProperty("n").GetInt32() switch
        {
            0 => Interlocked.Increment(ref blockedTries) >= 0 ? (403, "cluster_block_exception", $"index [{index}] blocked by: [FORBIDDEN/8/index write (api)];") : null,
            1 => Interlocked.Increment(ref overloads) <= 20 ? (429, "es_rejected_execution_exception", "queue full") : null,
            _ => null,
        };
        await using var run = await new IndexingRun(
            _directory, _server.Url.ToString(), options => options.SlowRetryDelay = TimeSpan.FromMinutes(1)).StartAsync();
        await run.AppendAsync(10, perChunk: 10);

        await Until.TrueAsync(() => _server.Logs.Count() == 9);

        Assert.Equal(21, Volatile.Read(ref overloads));
        Assert.Equal(1, Volatile.Read(ref blockedTries));
        Assert.Equal(10, run.Queue.Ledger.Queued);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(429)]
    public async Task A_block_on_the_whole_cluster_is_never_held_against_documents(int status)
    {
        var isBlocked = true;
        _server.Intercept = async context =>
        {
            context.Request.EnableBuffering();
            using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
            var body = await reader.ReadToEndAsync();
            context.Request.Body.Position = 0;
            if (!Volatile.Read(ref isBlocked) || !body.Contains("\"n\":0,", StringComparison.Ordinal))
                return false;
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("""{"error":{"type":"cluster_block_exception","reason":"blocked by: [FORBIDDEN/6/cluster read-only (api)];"},"status":0}""");
            return true;
        };
        await using var run = await new IndexingRun(
            _directory, _server.Url.ToString(),
            options =>
            {
                options.GiveUpAfter = TimeSpan.FromMilliseconds(1);
                options.SlowRetryDelay = TimeSpan.FromMilliseconds(1);
            }).StartAsync();
        await run.AppendAsync(1);
        for (var chunk = 0; chunk < 60; chunk++)
            await run.AppendAsync(1, prefix: $"other-{chunk}-", first: 1000 + chunk);
        var requests = _server.Requests;
        await Until.TrueAsync(() => _server.Requests > requests + 60);

        Assert.Equal(0, run.Queue.Ledger.DeadLettered);
        Assert.Contains("[FORBIDDEN/6/cluster read-only (api)]", Assert.Single(run.Problems.Current).Sentence, StringComparison.Ordinal);
        Volatile.Write(ref isBlocked, false);
        await run.DrainedAsync();
        run.AssertLedger(indexed: 61);
    }
}
