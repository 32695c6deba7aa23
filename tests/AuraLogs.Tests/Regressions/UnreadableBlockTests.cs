using AuraLogs.Queue;
using AuraLogs.Queue.Log;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A block that the disk could not read was passed over after a minute and its segment given back: what could be read again later was gone.
/// </summary>
public sealed class UnreadableBlockTests : IDisposable
{
    private readonly SteppedQueue _queues = new();

    public void Dispose() => _queues.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void What_is_around_it_is_read_and_it_is_kept_until_it_can_be_read_or_is_given_up(bool afterRestart, bool givesUp)
    {
        var queue = _queues.Open();
        for (var number = 0; number < 300; number++)
            Assert.True(queue.TryAppend(Entries.Number(number), out _));
        Assert.True(queue.CommitOnce());
        queue.KeepHouse();
        if (afterRestart)
            _queues.Crash();
        var segment = _queues.Disk.Files.First(file => file.Key.StartsWith(SegmentSet.Directory, StringComparison.Ordinal));
        segment.Value.BadBlock = 11 * 4096;
        if (afterRestart)
            queue = _queues.Open();

        // 1. A minute of failures for each block that a read needs, one a second, while others can be read and the state can be written: the
        // block in which an entry begins that ends in the bad one, and the bad one. Only what is in the bad one is passed over.
        var read = Drain(queue, seconds: 130);
        Assert.Equal(Enumerable.Range(0, 50), read.Take(50));
        Assert.Equal(299, read[^1]);
        Assert.InRange(read.Count, 300 - 7, 300 - 5);
        Assert.Equal(new Ledger(300, read.Count, 0, 0, 300 - read.Count, 0), queue.Ledger);
        Assert.Contains(_queues.Problems.Current, problem => problem.Code == "queue-damaged");

        // 2. Its segment is kept, all others are given back.
        Assert.True(_queues.Disk.Exists(segment.Key));
        Assert.Equal(2, queue.SegmentCount);

        if (givesUp)
        {
            // 3a. Until a person gives it up.
            foreach (var name in _queues.Disk.Files.Keys.Where(name => name.EndsWith(".unread", StringComparison.Ordinal)).ToList())
                _queues.Disk.Delete(name);
            Drain(queue, seconds: 2);
            Assert.False(_queues.Disk.Exists(segment.Key));
            Assert.Empty(_queues.Problems.Current);
            return;
        }

        // 3b. Or until it can be read: then it is indexed after all, and the ledger says so.
        segment.Value.BadBlock = null;
        if (afterRestart)
        {
            _queues.Crash();
            queue = _queues.Open();
        }

        var reclaimed = Drain(queue, seconds: 62);
        Assert.Equal(Enumerable.Range(0, 300), read.Concat(reclaimed).Order());
        Assert.Equal(new Ledger(300, 300, 0, 0, 0, 0), queue.Ledger);
        Drain(queue, seconds: 2);
        Assert.Empty(_queues.Problems.Current);
        Assert.False(_queues.Disk.Exists(segment.Key));
    }

    private static List<int> Drain(LogQueue queue, int seconds)
    {
        var read = new List<int>();
        for (var second = 0; second < seconds; second++)
        {
            queue.KeepHouse();
            while (queue.TryRead() is { } entry)
            {
                Entries.AssertIsNumber(entry.FirstOrdinal, entry);
                queue.Complete(entry.Position, new EntryOutcome(1, 0, 0));
                read.Add(entry.FirstOrdinal);
                entry.Dispose();
            }
        }

        queue.KeepHouse();
        return read;
    }
}
