using AuraLogs.Queue;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A disk that failed every read and write for 135 s was taken for a damaged one: what the reader stood at was passed over after a
/// minute, counted as lost and never indexed, although it could be read again later.
/// </summary>
public sealed class DiskAwayWhileRunningTests : IDisposable
{
    private readonly SteppedQueue _queues = new();

    public void Dispose() => _queues.Dispose();

    [Fact]
    public async Task A_disk_that_is_away_for_minutes_is_not_damage()
    {
        await using var queue = _queues.Open();
        Append(queue, 0, 200);
        await queue.ReadAndCompleteAsync(0, 1);

        _queues.Disk.FailsReads = true;
        (_queues.Disk.WritesUntilFailure, _queues.Disk.FailuresLeft) = (0, int.MaxValue);
        var read = 1;
        for (var second = 0; second < 400; second++)
        {
            queue.KeepHouse();
            while (queue.TryRead() is { } entry)
            {
                // What was read ahead into memory may still come.
                Entries.AssertIsNumber(read++, entry);
                queue.Complete(entry.Position, new EntryOutcome(1, 0, 0));
                entry.Dispose();
            }
        }

        Assert.Contains(_queues.Problems.Current, problem => problem.Code == "queue-reads-failing");
        _queues.Disk.PowerOn();
        _queues.Disk.FailsReads = false;
        await queue.ReadAndCompleteAsync(read, 200 - read);
        Assert.Equal(new Ledger(200, 200, 0, 0, 0, 0), queue.Ledger);
        Assert.DoesNotContain(_queues.Problems.Current, problem => problem.Code == "queue-damaged");
    }

    private static void Append(LogQueue queue, int from, int count)
    {
        for (var number = from; number < from + count; number++)
            Assert.True(queue.TryAppend(Entries.Number(number), out _));
        Assert.True(queue.CommitOnce());
    }
}
