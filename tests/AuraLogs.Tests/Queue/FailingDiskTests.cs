using AuraLogs.Queue;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Tests.Queue;

/// <summary>The queue at work, with its own loops, on a disk that fails.</summary>
public sealed class FailingDiskTests : IDisposable
{
    private readonly AuraLogsMeter _meter = new();
    private readonly Problems _problems = new(TimeProvider.System);
    private readonly SimulatedDisk _disk = new(new Random(1));

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task A_failed_write_is_never_acknowledged_and_intake_resumes_by_itself()
    {
        await using var queue = Open();
        await queue.AppendAsync(0, 10);

        (_disk.WritesUntilFailure, _disk.FailuresLeft) = (0, 3);
        var refused = await queue.AppendAsync(Entries.Number(10), default);
        await Assert.ThrowsAsync<QueueFailedException>(async () => await queue.WaitForCommitAsync(refused, default));
        await Until.TrueAsync(() => _problems.Current.Count == 0);
        await Assert.ThrowsAsync<QueueFailedException>(async () => await queue.WaitForCommitAsync(refused, default));

        await queue.AppendAsync(11, 10);
        await queue.ReadAndCompleteAsync(0, 10);
        await queue.ReadAndCompleteAsync(11, 10);
        Assert.Equal(new Ledger(20, 20, 0, 0, 0, 0), queue.Ledger);
    }

    [Fact]
    public async Task While_the_disk_fails_health_says_so_and_what_is_there_is_read()
    {
        await using var queue = Open();
        await queue.AppendAsync(0, 10);
        (_disk.WritesUntilFailure, _disk.FailuresLeft) = (0, int.MaxValue);
        var refused = await queue.AppendAsync(Entries.Number(10), default);
        await Assert.ThrowsAsync<QueueFailedException>(async () => await queue.WaitForCommitAsync(refused, default));

        Assert.Contains(_problems.Current, problem => problem is { Code: "queue-disk-failing", StopsIntake: true });
        var waiting = queue.AppendAsync(Entries.Number(11), default).AsTask();
        var room = queue.WaitForRoomAsync(default).AsTask();
        await queue.ReadAndCompleteAsync(0, 10);
        Assert.False(waiting.IsCompleted);
        Assert.False(room.IsCompleted);

        _disk.FailuresLeft = 0;
        _disk.WritesUntilFailure = -1;
        await room;
        await queue.WaitForCommitAsync(await waiting, default);
        await queue.ReadAndCompleteAsync(11, 1);
    }

    [Fact]
    public async Task A_full_file_system_is_waited_for()
    {
        await using var queue = Open();
        await queue.AppendAsync(0, 5);
        _disk.Capacity = _disk.UsedBytes;
        var refused = await queue.AppendAsync(Entries.Number(5, 20_000), default);
        await Assert.ThrowsAsync<QueueFailedException>(async () => await queue.WaitForCommitAsync(refused, default));
        _disk.Capacity = long.MaxValue;
        await queue.WaitForRoomAsync(default);
        await queue.AppendAsync(6, 5);
        await queue.ReadAndCompleteAsync(0, 5);
        await queue.ReadAndCompleteAsync(6, 5);
    }

    [Fact]
    public async Task A_read_that_fails_is_tried_again()
    {
        await using var queue = Open();
        await queue.AppendAsync(0, 5);
        _disk.ReadsUntilFailure = 0;
        await queue.ReadAndCompleteAsync(0, 5);
    }

    [Fact]
    public async Task While_reads_fail_health_says_so()
    {
        await using var queue = Open();
        await queue.AppendAsync(0, 2);
        await queue.ReadAndCompleteAsync(0, 1); // the segment is open, and the next read is one of the log

        _disk.FailsReads = true;
        await queue.AppendAsync(2, 200);
        while (queue.TryRead() is { } entry)
            entry.Dispose();
        Assert.Contains(_problems.Current, problem => problem is { Code: "queue-reads-failing", StopsIntake: false });

        _disk.FailsReads = false;
        using (var entry = queue.TryRead())
            Assert.NotNull(entry);
        Assert.Empty(_problems.Current);
    }

    private LogQueue Open(TimeProvider? time = null)
    {
        var queue = new LogQueue(
            _disk,
            QueueLayout.For(new QueueOptions { MaxBytes = 256 << 20 }) with { PageSize = 64 << 10, PartBytes = 32 << 10, MaxEventBytes = 32 << 10 },
            time ?? TimeProvider.System,
            _problems,
            new QueueMetrics(_meter),
            NullLogger<LogQueue>.Instance);
        queue.Start(TestLoops.New());
        return queue;
    }
}
