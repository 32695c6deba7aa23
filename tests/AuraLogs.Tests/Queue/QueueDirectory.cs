using AuraLogs.Operations.Health;
using AuraLogs.Operations.Metrics;
using AuraLogs.Queue;
using AuraLogs.Queue.Disk;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Tests.Queue;

/// <summary>A temporary directory for a queue, removed after the test.</summary>
internal sealed class QueueDirectory : IDisposable
{
    private readonly AuraLogsMeter _meter = new();

    public string Path { get; } = Directory.CreateTempSubdirectory("auralogs-queue-").FullName;

    public Problems Problems { get; } = new(TimeProvider.System);

    /// <summary>Opens the queue as the service does.</summary>
    public LogQueue Open(QueueLayout? layout = null)
    {
        var queue = new LogQueue(
            FileQueueDisk.OpenDirectory(Path),
            layout ?? QueueLayout.For(new QueueOptions()),
            TimeProvider.System,
            Problems,
            new QueueMetrics(_meter),
            NullLogger<LogQueue>.Instance);
        queue.Start();
        return queue;
    }

    public void Dispose()
    {
        _meter.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
