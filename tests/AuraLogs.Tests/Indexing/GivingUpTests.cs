using System.Text.Json;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.Tests.Indexing;

/// <summary>
/// A document that the cluster never takes must not hold up the queue for ever, and trouble that is not a document's must never make
/// dead letters. The clock is the test's; <see cref="RoundAsync"/> lets others pass and moves it.
/// </summary>
public sealed class GivingUpTests : IAsyncLifetime, IDisposable
{
    private const int Poison = 1_000_000;
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    private readonly QueueDirectory _directory = new();
    private readonly ManualTime _time = new(DateTimeOffset.UtcNow);
    private BulkServer _server = null!;
    private int _tries;
    private int _rounds;

    public async Task InitializeAsync() => _server = await BulkServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(500, "null_pointer_exception")]
    [InlineData(429, "es_rejected_execution_exception")]
    public async Task One_document_that_is_always_refused_while_others_are_taken_becomes_a_dead_letter(int status, string type)
    {
        _server.Refuse = (index, document) => IsPoison(index, document) && Tried() ? (status, type, "it again") : null;
        await using var run = await StartAsync();
        await AppendPoisonAsync(run, others: 50);
        var began = _time.GetUtcNow();

        while (run.Queue.Ledger.DeadLettered == 0)
            await RoundAsync(run);

        Assert.True(_time.GetUtcNow() - began >= GiveUpAfter);
        await Until.TrueAsync(() => run.Queue.Ledger.Queued == 0);
        run.AssertLedger(indexed: 50 + _rounds, deadLettered: 1);
        var error = Assert.Single(_server.DeadLetters).Value.GetProperty("error");
        Assert.Equal(type, error.GetProperty("type").GetString());
        Assert.EndsWith("times, while other documents were taken: it again", error.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(0)]
    public async Task A_document_that_has_every_request_with_it_refused_is_found_and_becomes_a_dead_letter(int status)
    {
        _server.Intercept = context => RefuseWithPoisonAsync(context, status);
        await using var run = await StartAsync();
        await AppendPoisonAsync(run, others: 5);

        while (run.Queue.Ledger.DeadLettered == 0)
            await RoundAsync(run);

        await Until.TrueAsync(() => run.Queue.Ledger.Queued == 0);
        run.AssertLedger(indexed: 5 + _rounds, deadLettered: 1);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_cluster_that_takes_nothing_makes_no_dead_letters_however_long_it_lasts(int status)
    {
        var isBroken = true;
        _server.Refuse = (_, _) => Volatile.Read(ref isBroken) && Tried() ? (status, "some_exception", "not now") : null;
        await using var run = await StartAsync();
        await run.AppendAsync(100);
        for (var i = 0; i < 60; i++)
            await NextTryAsync();
        Assert.Equal(100, run.Queue.Ledger.Queued);

        Volatile.Write(ref isBroken, false);
        await Until.TrueAsync(() =>
        {
            _time.Advance(Step);
            return run.Queue.Ledger.Queued == 0;
        });
        run.AssertLedger(indexed: 100);
    }

    [Theory]
    [InlineData(503, "unavailable_shards_exception")]
    [InlineData(403, "cluster_block_exception")]
    [InlineData(429, "cluster_block_exception")]
    [InlineData(503, "cluster_block_exception")]
    [InlineData(404, "index_not_found_exception")]
    public async Task An_index_that_takes_nothing_makes_no_dead_letters_while_others_go_on(int status, string type)
    {
        _server.Refuse = (index, document) => IsPoison(index, document) && Tried() ? (status, type, "not here") : null;
        await using var run = await StartAsync();
        await AppendPoisonAsync(run, others: 5);

        for (var i = 0; i < 60; i++)
            await RoundAsync(run);

        Assert.Equal(0, run.Queue.Ledger.DeadLettered);
        Assert.Equal(6, run.Queue.Ledger.Queued);
        _server.Refuse = null;
        await Until.TrueAsync(() =>
        {
            _time.Advance(Step);
            return run.Queue.Ledger.Queued == 0;
        });
    }

    [Fact]
    public async Task What_waits_for_the_same_shares_requests()
    {
        const int Rounds = 60;
        _server.Refuse = (index, document) =>
            IsLog(index) && document.GetProperty("n").GetInt32() >= Poison && Tried() ? (403, "cluster_block_exception", "blocked") : null;
        await using var run = await StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            await AppendAsync(run, Poison + round, 1);
            await Until.TrueAsync(() => Volatile.Read(ref _tries) > round);
        }

        // All have had the try that each makes by itself; from then on they are one request.
        await Until.TrueAsync(() =>
        {
            _time.Advance(Step);
            return Volatile.Read(ref _tries) >= 2 * Rounds;
        });
        await Until.TrueAsync(() =>
        {
            var (requests, tries) = (_server.Requests, Volatile.Read(ref _tries));
            _time.Advance(2 * Step);
            SpinWait.SpinUntil(() => Volatile.Read(ref _tries) >= tries + Rounds, TimeSpan.FromSeconds(1));
            return Volatile.Read(ref _tries) == tries + Rounds && _server.Requests == requests + 1;
        });

        _server.Refuse = null;
        await Until.TrueAsync(() =>
        {
            _time.Advance(Step);
            return run.Queue.Ledger.Queued == 0;
        });
        run.AssertLedger(indexed: Rounds);
    }

    private static bool IsLog(string index) => index.StartsWith("aura-services-", StringComparison.Ordinal);

    private static bool IsPoison(string index, JsonElement document) => IsLog(index) && document.GetProperty("n").GetInt32() == Poison;

    private static async Task AppendAsync(IndexingRun run, int first, int count) =>
        await run.Queue.WaitForCommitAsync(await run.Queue.AppendAsync(TestEvents.Entry($"chunk-{first}", first, count), default), default);

    private bool Tried()
    {
        Interlocked.Increment(ref _tries);
        return true;
    }

    private async Task<IndexingRun> StartAsync() =>
        await new IndexingRun(
            _directory, _server.Url.ToString(),
            options =>
            {
                options.GiveUpAfter = GiveUpAfter;
                options.MaxRetryDelay = TimeSpan.FromSeconds(5);
                options.SlowRetryDelay = TimeSpan.FromSeconds(5);
                options.Linger = TimeSpan.Zero;
            },
            time: _time).StartAsync();

    /// <summary>The poison and others in one chunk, so that they share a request; returns when that was refused for the first time.</summary>
    private async Task AppendPoisonAsync(IndexingRun run, int others)
    {
        await AppendAsync(run, Poison - others, others + 1);
        await Until.TrueAsync(() => Volatile.Read(ref _tries) > 0);
    }

    private async Task RoundAsync(IndexingRun run)
    {
        var taken = run.Queue.Ledger.Indexed;
        await AppendAsync(run, _rounds++, 1);
        await Until.TrueAsync(() =>
        {
            if (run.Queue.Ledger.Indexed > taken)
                return true;
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return false;
        });
        await NextTryAsync(() => run.Queue.Ledger.DeadLettered > 0);
    }

    /// <summary>Lets what was refused be tried once more.</summary>
    private async Task NextTryAsync(Func<bool>? isEnough = null)
    {
        var tries = Volatile.Read(ref _tries);
        await Until.TrueAsync(() =>
        {
            if (Volatile.Read(ref _tries) > tries || isEnough?.Invoke() == true)
                return true;
            _time.Advance(Step);
            return false;
        });
    }

    private async Task<bool> RefuseWithPoisonAsync(HttpContext context, int status)
    {
        context.Request.EnableBuffering();
        using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
        var body = await reader.ReadToEndAsync();
        context.Request.Body.Position = 0;
        if (!body.Contains($"\"n\":{Poison}", StringComparison.Ordinal) || body.Contains("aura-dead-letters", StringComparison.Ordinal))
            return false;
        Tried();
        if (status == 0)
            context.Abort();
        else
            context.Response.StatusCode = status;
        return true;
    }
}
