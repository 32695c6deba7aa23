using AuraLogs.Elasticsearch;
using AuraLogs.Indexing;
using AuraLogs.Queue;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;
using AuraLogs.Unpacking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AuraLogs.Tests.Indexing;

/// <summary>The whole way from a real queue to a server, as the service composes it, with waits that suit tests.</summary>
internal sealed class IndexingRun : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _directory;

    public IndexingRun(
        QueueDirectory directory,
        string urls,
        Action<IndexingOptions>? configure = null,
        Action<ElasticsearchOptions>? elasticsearch = null,
        TimeProvider? time = null,
        int? warmAfterDays = null)
    {
        _directory = Directory.CreateTempSubdirectory("auralogs-indexing-").FullName;
        var options = new IndexingOptions
        {
            RetryDelay = TimeSpan.FromMilliseconds(5),
            MaxRetryDelay = TimeSpan.FromMilliseconds(50),
            SlowRetryDelay = TimeSpan.FromMilliseconds(50),
            StopTimeout = TimeSpan.FromSeconds(1),
            Linger = TimeSpan.FromMilliseconds(1),
            DeadLetterPath = Path.Combine(_directory, "dead-letters"),
        };
        configure?.Invoke(options);
        var elasticsearchOptions = new ElasticsearchOptions { Urls = urls };
        elasticsearch?.Invoke(elasticsearchOptions);
        Queue = directory.Open();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton(Queue)
            .AddSingleton(directory.Problems)
            .AddSingleton<AuraLogsMeter>()
            .AddSingleton(TestMemory.Budgets(sending: options.MaxInFlightBytes))
            .AddSingleton<Loops>()
            .AddElasticsearch(elasticsearchOptions, _ => throw new InvalidOperationException())
            .AddIndexing(options, retentionDays: 7, warmAfterDays)
            .BuildServiceProvider();
        Gate = _services.GetRequiredService<IndexGate>();
        DeadLetterPath = options.DeadLetterPath;
    }

    public LogQueue Queue { get; }

    public IndexGate Gate { get; }

    public string DeadLetterPath { get; }

    public Problems Problems => _services.GetRequiredService<Problems>();

    public T Service<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task<IndexingRun> StartAsync(bool openGate = true)
    {
        if (openGate)
            Gate.Open();
        foreach (var service in _services.GetServices<IHostedService>())
            await service.StartAsync(default);
        return this;
    }

    /// <summary>Puts events into the queue, synced: numbered from <paramref name="first"/>, in chunks, a second apart.</summary>
    public async Task AppendAsync(int events, int perChunk = 100, string prefix = "chunk", Compression compression = Compression.None, int first = 0)
    {
        var address = 0L;
        for (var done = 0; done < events; done += perChunk)
        {
            var count = Math.Min(perChunk, events - done);
            address = await Queue.AppendAsync(TestEvents.Entry($"{prefix}-{done}", first + done, count, compression), default);
        }

        await Queue.WaitForCommitAsync(address, default);
    }

    /// <summary>Waits until nothing is queued.</summary>
    public Task DrainedAsync() => Until.TrueAsync(() => Queue.Ledger.Queued == 0);

    public void AssertLedger(long indexed, long duplicates = 0, long deadLettered = 0) =>
        Assert.Equal(new Ledger(indexed + duplicates + deadLettered, indexed, duplicates, deadLettered, 0, 0), Queue.Ledger);

    public async Task StopAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>().Reverse())
            await service.StopAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Queue.DisposeAsync();
        await _services.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
