using System.Text;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Operations.Health;
using AuraLogs.Queue;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Lifecycle;
using AuraLogs.Tests.Queue;
using Microsoft.Extensions.Logging;

namespace AuraLogs.Tests.Regressions;

/// <summary>65 dead letters, the page said "Everything flows." in green, and the log nothing.</summary>
public sealed class DeadLettersUnseenTests : IAsyncLifetime, IDisposable
{
    private readonly SteppedQueue _queues = new();
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly Lines _lines = new();
    private LocalCluster _cluster = null!;
    private ElasticsearchClient _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await LocalCluster.StartAsync(DateTimeOffset.UtcNow);
        _client = new ElasticsearchClient(new ElasticsearchOptions { Urls = _cluster.Url.ToString() }, () => _cluster.Url, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _cluster.DisposeAsync();
    }

    public void Dispose() => _queues.Dispose();

    [Fact]
    public async Task They_are_a_problem_until_they_are_gone_from_the_cluster()
    {
        await using var queue = _queues.Open(_time);
        var problems = new Problems(_time);
        using var watch = Watch(queue, problems);
        await watch.LookAsync(default);
        Assert.Empty(problems.Current);

        // 1. At once, from the ledger, before the cluster can be asked.
        Bury(queue);
        await watch.LookAsync(default);
        Assert.StartsWith("1 documents", Assert.Single(problems.Current).Sentence, StringComparison.Ordinal);

        // 2. As many as the cluster has, which are two.
        await WriteAsync("one", "two");
        _time.Advance(DeadLetterWatch.AskInterval);
        await watch.LookAsync(default);
        Assert.StartsWith("2 documents", Assert.Single(problems.Current).Sentence, StringComparison.Ordinal);

        // 3. After a restart as well.
        var after = new Problems(_time);
        using var restarted = Watch(queue, after);
        await restarted.LookAsync(default);
        Assert.StartsWith("2 documents", Assert.Single(after.Current).Sentence, StringComparison.Ordinal);

        // 4. Until somebody has seen to them.
        await _cluster.SendAsync("DELETE", "/aura-dead-letters-2026.11.22");
        _time.Advance(DeadLetterWatch.AskInterval);
        await watch.LookAsync(default);
        Assert.Empty(problems.Current);
    }

    [Fact]
    public void New_ones_are_a_line_a_minute_with_count_index_and_error_type()
    {
        var log = new DeadLetterLog(_time, _lines);
        log.Tell();
        for (var i = 0; i < 65; i++)
        {
            log.Add(i < 60 ? "aura-services-2026.11.22" : "aura-services-2026.11.21", new ElasticsearchError("mapper_parsing_exception", "failed to parse"));
            log.Tell();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        _time.Advance(DeadLetterLog.Interval);
        log.Tell();
        log.Tell();
        Assert.Equal(
            [
                "New dead letters: 1, 1 of aura-services-2026.11.22 (mapper_parsing_exception).",
                "New dead letters: 64, 59 of aura-services-2026.11.22 (mapper_parsing_exception), 5 of aura-services-2026.11.21 (mapper_parsing_exception).",
            ],
            _lines.Written);
    }

    private DeadLetterWatch Watch(LogQueue queue, Problems problems) =>
        new(queue, new DeadLetterStore(_client, new IndexingOptions()), new DeadLetterLog(_time, _lines), problems, TestLoops.New(), _time);

    private static void Bury(LogQueue queue)
    {
        Assert.True(queue.TryAppend(Entries.Number(0), out _));
        Assert.True(queue.CommitOnce());
        using var entry = queue.TryRead()!;
        queue.Complete(entry.Position, new EntryOutcome(0, 0, 1));
    }

    private async Task WriteAsync(params string[] ids)
    {
        var lines = new StringBuilder();
        foreach (var id in ids)
            lines.Append($$$"""{"create":{"_index":"aura-dead-letters-2026.11.22","_id":"{{{id}}}"}}""").Append('\n').Append("""{"@timestamp":"2026-11-22T08:00:00Z"}""").Append('\n');
        await _cluster.SendAsync("POST", "/_bulk?refresh=true", lines.ToString());
    }

    private sealed class Lines : ILogger<DeadLetterLog>
    {
        public List<string> Written { get; } = [];

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
