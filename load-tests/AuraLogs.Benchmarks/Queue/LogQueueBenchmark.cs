using AuraLogs.Queue;
using AuraLogs.Queue.Disk;
using AuraLogs.Telemetry;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Benchmarks.Queue;

/// <summary>
/// Into the queue and out again on the disk of the temporary directory, by the MB of events. <see cref="Append"/> includes the synced
/// commit that covers all of it; <see cref="Read"/> takes what was just committed, so it comes from the page cache, as it does while
/// the index keeps up.
/// </summary>
[MemoryDiagnoser]
[InvocationCount(1)]
[WarmupCount(5)]
[IterationCount(15)]
public class LogQueueBenchmark : IAsyncDisposable
{
    private const int Megabytes = 64;

    private readonly AuraLogsMeter _meter = new();
    private readonly byte[] _tag = [.. "kube.var.log.containers.checkout-00000_aura-services_checkout.log"u8];
    private readonly byte[] _chunkId = [.. "AuraLoad0000000000000000"u8];
    private string _directory = "";
    private LogQueue _queue = null!;
    private byte[] _events = [];

    /// <summary>One record of a container; a small frame; the most that one entry takes of a large one.</summary>
    [Params(700, 70_000, 500_000)]
    public int EntryBytes { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _directory = Directory.CreateTempSubdirectory("auralogs-benchmark-").FullName;
        _queue = new LogQueue(
            FileQueueDisk.OpenDirectory(_directory),
            QueueLayout.For(new QueueOptions()),
            TimeProvider.System,
            new Problems(TimeProvider.System),
            new QueueMetrics(_meter),
            NullLogger<LogQueue>.Instance);
        _queue.Start(new Loops(TimeProvider.System, NullLogger<Loops>.Instance));
        _events = new byte[EntryBytes];
        new Random(1).NextBytes(_events);
    }

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        _meter.Dispose();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    [IterationSetup(Target = nameof(Read))]
    public void Fill() => Append().GetAwaiter().GetResult();

    [IterationCleanup(Target = nameof(Append))]
    public void Empty() => Read();

    [Benchmark(OperationsPerInvoke = Megabytes)]
    public async Task Append()
    {
        var entry = new NewEntry { Tag = _tag, ChunkId = _chunkId, Events = _events, EventCount = 1 };
        long end = 0;
        for (long written = 0; written < Megabytes * 1_000_000; written += EntryBytes)
            end = await _queue.AppendAsync(entry, CancellationToken.None);
        await _queue.WaitForCommitAsync(end, CancellationToken.None);
    }

    [Benchmark(OperationsPerInvoke = Megabytes)]
    public void Read()
    {
        while (_queue.TryRead() is { } entry)
        {
            entry.Dispose();
            _queue.Complete(entry.Position, new EntryOutcome(1, 0, 0));
        }
    }
}
