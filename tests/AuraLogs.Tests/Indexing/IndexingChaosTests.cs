using System.Text.Json;
using AuraLogs.Indexing;
using AuraLogs.Indexing.Documents;
using AuraLogs.Indexing.Sending;
using AuraLogs.Queue;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;
using AuraLogs.Unpacking;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.Tests.Indexing;

/// <summary>
/// What a cluster, or what stands before it, can do to bulk requests. After each: every event once, only the poison as dead
/// letters, the ledger balanced.
/// </summary>
public sealed class IndexingChaosTests : IAsyncLifetime, IDisposable
{
    private const int Events = 2000;

    private readonly QueueDirectory _directory = new();
    private BulkServer _server = null!;
    private int _failures;

    public async Task InitializeAsync() => _server = await BulkServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_request_that_is_refused_is_sent_again_until_it_is_not(int status)
    {
        FailFirst(6, context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("""{"error":{"type":"some_exception","reason":"not now"},"status":0}""");
        });
        await DeliverAsync();
        await AssertEachOnceAsync(indexed: Events, duplicates: 0);
    }

    [Fact]
    public async Task A_connection_that_closes_before_anything_was_done_costs_nothing()
    {
        FailFirst(6, Abort);
        await DeliverAsync();
        await AssertEachOnceAsync(indexed: Events, duplicates: 0);
    }

    [Fact]
    public async Task Where_every_connection_breaks_requests_are_not_divided_to_dust()
    {
        var smallest = long.MaxValue;
        FailFirst(200, context =>
        {
            InterlockedMin(ref smallest, context.Request.ContentLength!.Value);
            return Abort(context);
        });
        await using (var run = new IndexingRun(_directory, _server.Url.ToString()))
        {
            await run.AppendAsync(Events);
            await run.StartAsync();
            await run.DrainedAsync();
        }

        Assert.InRange(smallest, 60 << 10, 128 << 10);
        await AssertEachOnceAsync(indexed: Events, duplicates: 0);

        static void InterlockedMin(ref long smallest, long value)
        {
            for (var seen = Volatile.Read(ref smallest); value < seen; seen = Volatile.Read(ref smallest))
                Interlocked.CompareExchange(ref smallest, value, seen);
        }
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("nothing")]
    [InlineData("cut")]
    [InlineData("page")]
    [InlineData("fewer")]
    [InlineData("cut-json")]
    public async Task A_request_that_was_carried_out_but_not_answered_as_it_should_makes_no_duplicates(string how)
    {
        FailFirst(6, async context =>
        {
            var answer = await _server.ApplyAsync(context);
            switch (how)
            {
                case "cut":
                    context.Response.ContentLength = answer.Length;
                    await context.Response.WriteAsync(answer[..^10]);
                    await context.Response.Body.FlushAsync();
                    context.Abort();
                    break;
                case "page":
                    await context.Response.WriteAsync("<html>Bad gateway</html>");
                    break;
                case "fewer":
                    await context.Response.WriteAsync("""{"errors":false,"items":[{"create":{"status":201}}]}""");
                    break;
                case "cut-json":
                    await context.Response.WriteAsync(answer[..^1]);
                    break;
                case "reset":
                    context.Abort();
                    break;
            }
        });
        await DeliverAsync();
        var ledger = await LedgerAsync();
        Assert.Equal(Events, ledger.Indexed + ledger.Duplicates);
        Assert.True(ledger.Duplicates > 0, "Nothing was sent twice: the test did not test.");
        AssertNumbers();
    }

    [Fact]
    public async Task Only_the_items_that_need_it_are_sent_again()
    {
        var refused = new HashSet<int>();
        _server.Refuse = (_, document) =>
        {
            var n = document.GetProperty("n").GetInt32();
            lock (refused)
                return n % 50 == 0 && refused.Add(n) ? (429, "es_rejected_execution_exception", "queue full") : null;
        };
        await DeliverAsync();
        await AssertEachOnceAsync(indexed: Events, duplicates: 0);
        Assert.Equal(Events + (Events / 50), _server.Items);
    }

    [Theory]
    [InlineData(400, "mapper_parsing_exception")]
    [InlineData(400, "document_parsing_exception")]
    [InlineData(400, "illegal_argument_exception")]
    [InlineData(400, "strict_dynamic_mapping_exception")]
    [InlineData(400, "invalid_index_name_exception")]
    [InlineData(413, "too_large_exception")]
    public async Task A_poison_document_in_every_batch_becomes_a_dead_letter_that_says_all(int status, string type)
    {
        _server.Refuse = (index, document) =>
            IsLog(index) && document.GetProperty("n").GetInt32() % 100 == 7 ? (status, type, "failed to parse field [n]") : null;
        await DeliverAsync(options => options.HealConflicts = false);

        Assert.Equal(new Ledger(Events, Events - (Events / 100), 0, Events / 100, 0, 0), await LedgerAsync());
        Assert.Equal(Enumerable.Range(0, Events / 100).Select(i => (i * 100) + 7), Poison().Order());
        var (key, letter) = _server.DeadLetters.First();
        Assert.Equal(key.Id, letter.GetProperty("id").GetString());
        Assert.StartsWith("aura-services-", letter.GetProperty("index").GetString(), StringComparison.Ordinal);
        Assert.Equal("kube.test", letter.GetProperty("tag").GetString());
        Assert.Equal(type, letter.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("failed to parse field [n]", letter.GetProperty("error").GetProperty("reason").GetString());
        Assert.True(letter.GetProperty("@timestamp").TryGetDateTime(out _));

        IEnumerable<int> Poison() => _server.DeadLetters.Select(
            dead => JsonElement.Parse(dead.Value.GetProperty("document").GetString()!).GetProperty("n").GetInt32());
    }

    [Theory]
    [InlineData(403, "cluster_block_exception")]
    [InlineData(429, "cluster_block_exception")]
    [InlineData(400, "index_closed_exception")]
    [InlineData(404, "index_not_found_exception")]
    [InlineData(403, "security_exception")]
    [InlineData(400, "validation_exception")]
    public async Task An_index_that_takes_nothing_holds_up_its_documents_and_health_says_so_until_it_does(int status, string type)
    {
        var isBlocked = true;
        _server.Refuse = (index, document) => isBlocked && document.GetProperty("n").GetInt32() % 2 == 0 ? (status, type, "blocked") : null;
        await using var run = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync();
        await run.AppendAsync(Events);
        await Until.TrueAsync(() => _server.Logs.Count() == Events / 2);
        await Until.TrueAsync(() => run.Problems.Current.Any(problem => problem.Code == "index-refuses-documents" && problem.Sentence.Contains(type, StringComparison.Ordinal)));

        Volatile.Write(ref isBlocked, false);
        await run.DrainedAsync();

        run.AssertLedger(indexed: Events);
        AssertNumbers();
        await Until.TrueAsync(() => run.Problems.Current.Count == 0);
    }

    [Fact]
    public async Task A_413_makes_requests_smaller_and_a_document_too_large_alone_becomes_a_dead_letter()
    {
        RefuseLargerThan(20_000);
        await using var run = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync();
        await run.AppendAsync(Events);
        var huge = TestEvents.Entry("huge", 0, 1, record: _ => new Dictionary<string, object?> { ["n"] = -1, ["msg"] = new string('x', 50_000) });
        await run.Queue.WaitForCommitAsync(await run.Queue.AppendAsync(huge, default), default);
        await run.DrainedAsync();

        run.AssertLedger(indexed: Events, deadLettered: 1);
        AssertNumbers();

        // Not even its dead letter goes through, so it is kept on disk.
        Assert.Empty(_server.DeadLetters);
        var lines = await File.ReadAllLinesAsync(Path.Combine(run.DeadLetterPath, "dead-letters.ndjson"));
        Assert.Equal(2, lines.Length);
        Assert.Contains("request_entity_too_large", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dead_letters_that_are_refused_too_are_kept_on_disk_and_offered_again()
    {
        var isBroken = true;
        _server.Refuse = (index, document) =>
            !IsLog(index) ? Volatile.Read(ref isBroken) ? (403, "cluster_block_exception", "blocked") : null
            : document.GetProperty("n").GetInt32() == 7 ? (400, "mapper_parsing_exception", "no") : null;
        await using var run = await new IndexingRun(
            _directory, _server.Url.ToString(), options => options.DeadLetterRetryInterval = TimeSpan.FromMilliseconds(50)).StartAsync();
        await run.AppendAsync(100);
        await run.DrainedAsync();
        run.AssertLedger(indexed: 99, deadLettered: 1);
        Assert.Empty(_server.DeadLetters);

        Volatile.Write(ref isBroken, false);

        await Until.TrueAsync(() => _server.DeadLetters.Count() == 1);
        await Until.TrueAsync(() => new FileInfo(Path.Combine(run.DeadLetterPath, "dead-letters.ndjson")).Length == 0);
    }

    [Fact]
    public async Task A_letter_on_disk_that_is_too_large_for_the_way_to_the_cluster_does_not_hold_up_the_others()
    {
        var isBroken = true;
        RefuseLargerThan(20_000);
        _server.Refuse = (index, document) =>
            !IsLog(index) ? Volatile.Read(ref isBroken) ? (403, "cluster_block_exception", "blocked") : null : (400, "mapper_parsing_exception", "no");
        await using var run = await new IndexingRun(
            _directory, _server.Url.ToString(), options => options.DeadLetterRetryInterval = TimeSpan.FromMilliseconds(50)).StartAsync();
        var huge = TestEvents.Entry("huge", 0, 1, record: _ => new Dictionary<string, object?> { ["n"] = -1, ["msg"] = new string('x', 50_000) });
        await run.Queue.WaitForCommitAsync(await run.Queue.AppendAsync(huge, default), default);
        await run.DrainedAsync();
        await run.AppendAsync(200);
        await run.DrainedAsync();
        run.AssertLedger(indexed: 0, deadLettered: 201);

        Volatile.Write(ref isBroken, false);

        await Until.TrueAsync(() => _server.DeadLetters.Count() == 200);
        await Until.TrueAsync(() => new FileInfo(Path.Combine(run.DeadLetterPath, "dead-letters.ndjson")).Length is > 50_000 and < 52_000);
    }

    [Fact]
    public async Task A_refused_chunk_that_comes_again_on_another_day_leaves_no_second_letter()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        _server.Refuse = (index, document) => IsLog(index) && document.GetProperty("n").GetInt32() == 7 ? (400, "mapper_parsing_exception", "no") : null;
        await using var run = await new IndexingRun(_directory, _server.Url.ToString(), options => options.Linger = TimeSpan.Zero, time: time).StartAsync();
        await run.AppendAsync(100);
        await run.DrainedAsync();

        time.Advance(TimeSpan.FromDays(1));
        await run.AppendAsync(100);
        await run.DrainedAsync();

        run.AssertLedger(indexed: 99, duplicates: 99, deadLettered: 2);
        var letter = Assert.Single(_server.DeadLetters);
        Assert.Equal(letter.Value.GetProperty("index").GetString()![^10..], letter.Key.Index[^10..]);
    }

    [Fact]
    public async Task Where_not_even_the_disk_takes_a_dead_letter_the_queue_keeps_it()
    {
        _server.Refuse = (index, document) => !IsLog(index) || document.GetProperty("n").GetInt32() == 7 ? (400, "mapper_parsing_exception", "no") : null;
        await using var run = await new IndexingRun(_directory, _server.Url.ToString(), options =>
        {
            // A file where the directory should be.
            Directory.CreateDirectory(Path.GetDirectoryName(options.DeadLetterPath)!);
            File.WriteAllText(options.DeadLetterPath, "");
        }).StartAsync();
        await run.AppendAsync(100);
        await Until.TrueAsync(() => run.Problems.Current.Any(problem => problem.Code == "dead-letters-full"));
        Assert.Equal(100, run.Queue.Ledger.Queued);

        File.Delete(run.DeadLetterPath);
        await run.DrainedAsync();
        run.AssertLedger(indexed: 99, deadLettered: 1);
    }

    [Fact]
    public async Task Nothing_is_written_before_the_template_is_there_and_then_everything()
    {
        await using var run = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync(openGate: false);
        await run.AppendAsync(100);
        await Task.Delay(200);
        Assert.Equal(0, _server.Requests);

        run.Gate.Open();
        await run.DrainedAsync();
        run.AssertLedger(indexed: 100);
    }

    [Fact]
    public async Task What_waits_for_a_cluster_takes_no_more_memory_than_allowed()
    {
        const int Most = 512 << 10;
        var isDown = true;
        _server.Intercept = context =>
        {
            if (!Volatile.Read(ref isDown))
                return Task.FromResult(false);
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        await using var run = await new IndexingRun(_directory, _server.Url.ToString(), options =>
        {
            options.MaxRequestBytes = 64 << 10;
            options.MaxInFlightBytes = Most;
        }).StartAsync();
        await run.AppendAsync(10 * Events);

        var used = new List<long>();
        await Until.TrueAsync(() =>
        {
            used.Add(run.Service<BulkRequests>().UsedBytes);
            return _server.Requests >= 100;
        });
        Assert.InRange(used.Max(), Most / 2, Most);

        Volatile.Write(ref isDown, false);
        await run.DrainedAsync();
        run.AssertLedger(indexed: 10 * Events);
    }

    [Fact]
    public async Task What_was_in_flight_at_a_stop_is_sent_again_and_makes_no_duplicates()
    {
        var held = new TaskCompletionSource();
        _server.Intercept = async context =>
        {
            await _server.ApplyAsync(context);
            held.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        await using (var run = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync())
        {
            await run.AppendAsync(Events);
            await held.Task;
        }

        _server.Intercept = null;
        await using var next = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync();
        await next.DrainedAsync();
        var ledger = next.Queue.Ledger;
        Assert.Equal(Events, ledger.Indexed + ledger.Duplicates);
        Assert.True(ledger.Duplicates > 0);
        AssertNumbers();
    }

    [Fact]
    public async Task A_node_that_hangs_does_not_hold_up_the_others()
    {
        await using var hanging = await Elasticsearch.HttpServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var run = await new IndexingRun(
            _directory, $"{hanging.Url},{_server.Url}", options => options.MaxConcurrentRequests = 4,
            elasticsearch => elasticsearch.RequestTimeout = TimeSpan.FromSeconds(1)).StartAsync();
        for (var round = 0; round < 5; round++)
            await run.AppendAsync(Events / 5, prefix: $"round-{round}");
        await run.DrainedAsync();
        Assert.Equal(Events, run.Queue.Ledger.Indexed);
    }

    [Fact]
    public async Task Gzip_bodies_and_ids_from_the_queue_and_small_requests_deliver_the_same()
    {
        await using var run = await new IndexingRun(
            _directory, _server.Url.ToString(),
            options =>
            {
                options.DocumentIds = DocumentIdSource.Queue;
                options.MaxRequestDocuments = 7;
            },
            elasticsearch => elasticsearch.Gzip = true).StartAsync();
        await run.AppendAsync(200);
        await run.AppendAsync(200);
        await run.DrainedAsync();

        // The same chunks twice, but not the same place in the queue.
        run.AssertLedger(indexed: 400);
        Assert.True(_server.Requests >= 400 / 7);
    }

    [Fact]
    public async Task An_entry_that_can_not_be_read_becomes_one_dead_letter_and_holds_up_nothing()
    {
        await using var run = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync();
        var good = TestEvents.Entry("damaged", 0, 5);
        var damaged = good.Events.ToArray();
        damaged[^1] = 0xc1;
        damaged[^2] = 0xc1;
        await run.Queue.AppendAsync(
            new NewEntry { Tag = good.Tag, ChunkId = good.ChunkId, Events = damaged.AsMemory(0, damaged.Length - 4), EventCount = 5, ChunkSecond = good.ChunkSecond }, default);
        await run.Queue.AppendAsync(
            new NewEntry { Tag = good.Tag, ChunkId = "gzip"u8.ToArray(), Events = damaged, EventCount = 9, ChunkSecond = good.ChunkSecond, Compression = Compression.Gzip }, default);
        await run.AppendAsync(100);
        await run.DrainedAsync();

        run.AssertLedger(indexed: 104, deadLettered: 10);
        Assert.All(_server.DeadLetters, letter => Assert.Equal("unreadable_entry", letter.Value.GetProperty("error").GetProperty("type").GetString()));
        Assert.Equal(2, _server.DeadLetters.Count());
    }

    private static bool IsLog(string index) => index.StartsWith("aura-services-", StringComparison.Ordinal);

    private static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private void RefuseLargerThan(int bytes) => _server.Intercept = async context =>
    {
        if (context.Request.ContentLength <= bytes)
            return false;
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.StatusCode = 413;
        return true;
    };

    private void FailFirst(int count, Func<HttpContext, Task> fail) => _server.Intercept = async context =>
    {
        if (Interlocked.Increment(ref _failures) > count)
            return false;
        await fail(context);
        return true;
    };

    private async Task DeliverAsync(Action<IndexingOptions>? configure = null)
    {
        await using var run = await new IndexingRun(_directory, _server.Url.ToString(), configure).StartAsync();
        await run.AppendAsync(Events);
        await run.DrainedAsync();
        await Until.TrueAsync(() => run.Problems.Current.Count == 0);
    }

    private async Task<Ledger> LedgerAsync()
    {
        await using var queue = _directory.Open();
        return queue.Ledger;
    }

    private async Task AssertEachOnceAsync(long indexed, long duplicates)
    {
        Assert.Equal(new Ledger(Events, indexed, duplicates, 0, 0, 0), await LedgerAsync());
        AssertNumbers();
    }

    private void AssertNumbers() =>
        Assert.Equal(Enumerable.Range(0, Events), _server.Logs.Select(log => log.Value.GetProperty("n").GetInt32()).Order());
}
