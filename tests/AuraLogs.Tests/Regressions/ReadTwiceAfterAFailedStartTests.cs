using AuraLogs.Queue;
using AuraLogs.Queue.Log;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A part that can't be read is noted and passed. When the process ends before a position behind it is persisted, the next start comes to it
/// again, so it removes the note. When that failed, the note stayed, and a minute later the part was read a second time, and
/// counted in the ledger as something that had been given up before.
/// </summary>
public sealed class ReadTwiceAfterAFailedStartTests : IDisposable
{
    private const int Count = 300;

    private readonly SteppedQueue _queues = new();

    public void Dispose() => _queues.Dispose();

    [Fact]
    public void A_part_is_read_once_although_the_start_could_not_remove_its_note()
    {
        // 1. A part in the middle can't be read, is passed, and nothing is completed.
        var queue = _queues.Open();
        for (var number = 0; number < Count; number++)
            Assert.True(queue.TryAppend(Entries.Number(number), out _));
        Assert.True(queue.CommitOnce());
        queue.KeepHouse();
        _queues.Crash();
        _queues.Disk.Files.First(file => file.Key.StartsWith(SegmentSet.Directory, StringComparison.Ordinal)).Value.BadBlock = 11 * 4096;
        queue = _queues.Open();
        Assert.InRange(Read(queue, completes: false).Count, 1, Count - 1);
        Assert.Single(Notes());

        // 2. The process ends. At its next start everything can be read, and the first write fails.
        _queues.Crash();
        Assert.Single(Notes());
        (_queues.Disk.WritesUntilFailure, _queues.Disk.FailuresLeft) = (0, 1);
        queue = _queues.Open();
        Assert.Equal(Enumerable.Range(0, Count), Read(queue, completes: true));
        Assert.Equal(new Ledger(Count, Count, 0, 0, 0, 0), queue.Ledger);
        Assert.Empty(Notes());
    }

    private IEnumerable<string> Notes() => _queues.Disk.Files.Keys.Where(name => name.EndsWith(".unread", StringComparison.Ordinal));

    /// <summary>What is given out within two minutes of housekeeping.</summary>
    private static List<int> Read(LogQueue queue, bool completes)
    {
        var read = new List<int>();
        for (var second = 0; second < 130; second++)
        {
            queue.KeepHouse();
            while (queue.TryRead() is { } entry)
            {
                if (completes)
                    queue.Complete(entry.Position, new EntryOutcome(1, 0, 0));
                read.Add(entry.FirstOrdinal);
                entry.Dispose();
            }
        }

        queue.KeepHouse();
        return read;
    }
}
