using AuraLogs.Queue;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Disk;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Queue;

/// <summary>A temporary directory for a queue, removed after the test.</summary>
internal sealed class QueueDirectory : IDisposable
{
    private readonly AuraLogsMeter _meter = new();

    public string Path { get; } = Directory.CreateTempSubdirectory("auralogs-queue-").FullName;

    public Problems Problems { get; } = new(TimeProvider.System);

    public LogLines Log { get; } = new();

    /// <summary>The files that were set aside.</summary>
    public string[] Quarantined()
    {
        var quarantine = System.IO.Path.Combine(Path, Quarantine.Directory);
        return Directory.Exists(quarantine) ? Directory.GetFiles(quarantine) : [];
    }

    /// <summary>Opens the queue as the service does.</summary>
    public LogQueue Open(QueueLayout? layout = null)
    {
        var queue = OpenWithoutLoops(layout);
        queue.Start(TestLoops.New());
        return queue;
    }

    /// <summary>Opens the queue, and leaves each step of what it does by itself to the test.</summary>
    public LogQueue OpenWithoutLoops(QueueLayout? layout = null) => new(
        FileQueueDisk.OpenDirectory(Path),
        layout ?? QueueLayout.For(new QueueOptions()),
        TimeProvider.System,
        Problems,
        new QueueMetrics(_meter),
        Log);

    public void Dispose()
    {
        _meter.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
