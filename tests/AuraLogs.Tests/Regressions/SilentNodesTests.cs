using AuraLogs.Elasticsearch;
using AuraLogs.Tests.Indexing;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// Nodes behind a network that drops everything without a word: it was noticed after 90 s, when the requests timed out, and after it healed what waited
/// for its next try went on waiting.
/// </summary>
public sealed class SilentNodesTests : IDisposable
{
    private const int Events = 500;
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(5);

    private readonly QueueDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_hangs_at_a_silent_node_goes_to_another()
    {
        await using var server = await BulkServer.StartAsync();
        await using var dropped = new SilentProxy(server.Url);
        await using var run = new IndexingRun(
            _directory, $"{dropped.Url},{server.Url}", options => options.MaxRequestDocuments = 10, options => options.SilenceTimeout = TimeSpan.FromMilliseconds(200));
        dropped.Drop();
        await run.AppendAsync(Events);
        await run.StartAsync();

        await run.DrainedAsync();

        Assert.Equal(Enumerable.Range(0, Events), server.Logs.Select(document => document.Value.GetProperty("n").GetInt32()).Order());
        run.AssertLedger(indexed: Events);
        dropped.Heal();
    }

    [Fact]
    public async Task When_all_are_silent_health_says_so_and_after_the_heal_indexing_goes_on_at_once()
    {
        // The time until the problem: the silence, and the limit of the question.
        Assert.True(new ElasticsearchOptions().SilenceTimeout + TimeSpan.FromSeconds(4) <= TimeSpan.FromSeconds(15));
        await using var server = await BulkServer.StartAsync();
        await using var dropped = new SilentProxy(server.Url);
        await using var run = new IndexingRun(
            _directory, dropped.Url,
            options => (options.RetryDelay, options.MaxRetryDelay) = (Never, Never),
            options => options.SilenceTimeout = TimeSpan.FromMilliseconds(200));
        dropped.Drop();
        await run.AppendAsync(Events);
        await run.StartAsync();
        await Until.TrueAsync(() => run.Problems.Current.Any(problem => problem.Code == "elasticsearch-unavailable"));
        Assert.Empty(server.Logs);

        dropped.Heal();

        // Not after the retry delay, which is longer than this waits.
        await run.DrainedAsync();
        Assert.Equal(Enumerable.Range(0, Events), server.Logs.Select(document => document.Value.GetProperty("n").GetInt32()).Order());
        await Until.TrueAsync(() => run.Problems.Current.Count == 0);
    }

    [Fact]
    public async Task A_slow_node_that_is_alive_is_waited_for_and_nothing_is_sent_twice()
    {
        await using var server = await BulkServer.StartAsync();
        using var release = new SemaphoreSlim(0);
        server.Intercept = async _ =>
        {
            await release.WaitAsync();
            release.Release();
            return false;
        };
        await using var run = new IndexingRun(_directory, server.Url.ToString(), elasticsearch: options => options.SilenceTimeout = TimeSpan.FromMilliseconds(200));
        await run.AppendAsync(Events);
        await run.StartAsync();
        await Until.TrueAsync(() => run.Problems.Current.Any(problem => problem.Code == "elasticsearch-slow"));

        release.Release();

        await run.DrainedAsync();
        Assert.Equal(Events, server.Items);
        await Until.TrueAsync(() => run.Problems.Current.Count == 0);
    }
}
