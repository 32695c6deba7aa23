using AuraLogs.Tests.Indexing;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>A proxy that answered everything with 413 for a while made dead letters of all that came: each document alone was "too large".</summary>
public sealed class BrokenProxyTests : IAsyncLifetime, IDisposable
{
    private readonly QueueDirectory _directory = new();
    private BulkServer _server = null!;
    private int _limit = int.MaxValue;

    public async Task InitializeAsync()
    {
        _server = await BulkServer.StartAsync();
        _server.Intercept = async context =>
        {
            if (context.Request.ContentLength <= Volatile.Read(ref _limit))
                return false;
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.StatusCode = 413;
            return true;
        };
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_413_for_far_less_than_was_taken_before_is_the_proxys_trouble()
    {
        await using var run = await new IndexingRun(_directory, _server.Url.ToString(), options => options.Linger = TimeSpan.Zero).StartAsync();
        await run.AppendAsync(2000, perChunk: 2000);
        await run.DrainedAsync();

        Volatile.Write(ref _limit, 0);
        await run.AppendAsync(20, perChunk: 1, prefix: "small");
        await Until.TrueAsync(() => run.Problems.Current.Any(problem => problem.Code == "elasticsearch-refuses-requests"));
        var requests = _server.Requests;
        await Until.TrueAsync(() => _server.Requests > requests + 20);
        Assert.Equal(0, run.Queue.Ledger.DeadLettered);

        Volatile.Write(ref _limit, int.MaxValue);
        await run.DrainedAsync();
        run.AssertLedger(indexed: 2020);
        await Until.TrueAsync(() => run.Problems.Current.Count == 0);
    }

    /// <summary>Requests become smaller where a limit was lowered, and a document above it is given up like any that is never taken.</summary>
    [Fact]
    public async Task A_limit_that_was_lowered_is_adapted_to()
    {
        await using var run = await new IndexingRun(
            _directory, _server.Url.ToString(),
            options =>
            {
                options.Linger = TimeSpan.Zero;
                options.GiveUpAfter = TimeSpan.FromSeconds(1);
            }).StartAsync();
        await run.AppendAsync(10_000, perChunk: 10_000);
        await run.DrainedAsync();

        Volatile.Write(ref _limit, 140 << 10);
        await run.AppendAsync(10_000, perChunk: 10_000, prefix: "lower");
        await run.DrainedAsync();
        run.AssertLedger(indexed: 20_000);
    }
}
