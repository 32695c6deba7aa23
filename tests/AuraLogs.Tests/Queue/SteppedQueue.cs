using System.Buffers;
using AuraLogs.Queue;
using AuraLogs.Queue.Disk;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Simulation;

namespace AuraLogs.Tests.Queue;

/// <summary>Queues on one simulated disk, without loops of their own: a test takes each of their steps by hand.</summary>
internal sealed class SteppedQueue : IDisposable
{
    private readonly AuraLogsMeter _meter = new();

    public SimulatedDisk Disk { get; private set; } = new(new Random(1));

    public Problems Problems { get; } = new(TimeProvider.System);

    public LogLines Log { get; } = new();

    public static QueueLayout Layout => QueueLayout.For(new QueueOptions { MaxBytes = 64 << 20 }) with
    {
        PageSize = 64 << 10,
        SegmentSize = 64 << 10,
        PartBytes = 32 << 10,
        MaxEventBytes = 32 << 10,
    };

    public LogQueue Open(TimeProvider? time = null) => Open(Disk, time);

    public LogQueue Open(IQueueDisk disk, TimeProvider? time = null, QueueLayout? layout = null, Func<int, IMemoryOwner<byte>>? rent = null) =>
        new(disk, layout ?? Layout, time ?? new HurriedTime(), Problems, new QueueMetrics(_meter), Log, rent);

    /// <summary>The machine loses power, and starts again with what is on the disk now.</summary>
    public void Crash()
    {
        var left = new SimulatedDisk(new Random(1));
        foreach (var (name, file) in Disk.Files)
            left.Put(name, [.. file.Content]);
        Disk.PowerOff();
        Disk = left;
    }

    public void Dispose() => _meter.Dispose();
}
