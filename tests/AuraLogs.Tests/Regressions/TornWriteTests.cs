using AuraLogs.Queue;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A crash tore a write so that its back was on the disk and its front was not. Nobody had acknowledged it, and yet the front was
/// reported as lost, and stayed a problem until a person removed the file.
/// </summary>
public sealed class TornWriteTests : IDisposable
{
    private readonly SteppedQueue _queues = new();

    public void Dispose() => _queues.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_write_whose_front_is_missing_is_torn_and_not_lost(bool withAnotherStartBetween)
    {
        // 1. Ten entries are committed, and ten more were being written when the power failed: the first three of them are missing.
        var queue = _queues.Open();
        var committed = Append(queue, 0, 10, events: 5);
        queue.KeepHouse();
        var state = _queues.Disk.Files[StateFile.Name].Content.ToArray();
        var thirteenth = Append(queue, 10, 3, events: 5, commit: false);
        Append(queue, 13, 7, events: 5);
        _queues.Crash();
        _queues.Disk.Put(StateFile.Name, state);
        var segment = _queues.Disk.Files.Single(file => file.Key.StartsWith(SegmentSet.Directory, StringComparison.Ordinal)).Value;
        segment.Content.AsSpan((int)(SegmentHeader.Size + committed), (int)(thirteenth - committed)).Clear();

        // 2. What is behind the missing front may be read. What is missing was never received.
        if (withAnotherStartBetween)
        {
            Append(_queues.Open(), 20, 5, events: 5);
            _queues.Crash();
        }

        queue = _queues.Open();
        var received = queue.Ledger.Received;
        Assert.Equal(5 * (withAnotherStartBetween ? 22 : 17), received);
        var expected = Enumerable.Range(0, withAnotherStartBetween ? 25 : 20).Except([10, 11, 12]);
        foreach (var number in expected)
        {
            using var entry = queue.TryRead();
            Assert.NotNull(entry);
            Entries.AssertIsNumber(number, entry, events: 5);
            queue.Complete(entry.Position, new EntryOutcome(5, 0, 0));
        }

        Assert.Null(queue.TryRead());
        queue.KeepHouse();
        Assert.Equal(new Ledger(received, received, 0, 0, 0, 0), queue.Ledger);
        Assert.Empty(_queues.Problems.Current);
        Assert.Empty(_queues.Log.Containing("Damaged parts"));

        // 3. The ledger is the same after one more start.
        _queues.Crash();
        Assert.Equal(new Ledger(received, received, 0, 0, 0, 0), _queues.Open().Ledger);
    }

    [Fact]
    public void A_hole_in_a_write_that_later_entries_know_to_be_committed_is_a_loss()
    {
        var queue = _queues.Open();
        var first = Append(queue, 0, 10, events: 5);
        queue.KeepHouse();
        var state = _queues.Disk.Files[StateFile.Name].Content.ToArray();
        var second = Append(queue, 10, 1, events: 5);
        Append(queue, 11, 2, events: 5);
        _queues.Crash();
        _queues.Disk.Put(StateFile.Name, state);
        var segment = _queues.Disk.Files.Single(file => file.Key.StartsWith(SegmentSet.Directory, StringComparison.Ordinal)).Value;
        segment.Content.AsSpan((int)(SegmentHeader.Size + first), (int)(second - first)).Clear();

        queue = _queues.Open();
        while (queue.TryRead() is { } entry)
        {
            queue.Complete(entry.Position, new EntryOutcome(5, 0, 0));
            entry.Dispose();
        }

        Assert.Equal(new Ledger(65, 60, 0, 0, 5, 0), queue.Ledger);
        Assert.Contains(_queues.Problems.Current, problem => problem.Code == "queue-damaged");
    }

    private static long Append(LogQueue queue, int from, int count, int events, bool commit = true)
    {
        var end = 0L;
        for (var number = from; number < from + count; number++)
            Assert.True(queue.TryAppend(Entries.Number(number, events: events), out end));
        if (commit)
            Assert.True(queue.CommitOnce());
        return end;
    }
}
