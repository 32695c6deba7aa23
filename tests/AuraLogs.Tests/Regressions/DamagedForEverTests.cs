using AuraLogs.Queue;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Log;
using AuraLogs.Tests.Queue;
using AuraLogs.Tests.Simulation;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A part that reaches over the zeros at the end of a page was intact and indexed after all, and still left a file <c>.rest</c> and with it the problem
/// <c>queue-damaged</c> for ever. Where an event is still missing both have to stay.
/// </summary>
public sealed class DamagedForEverTests : IDisposable
{
    private const int EntryCount = 300;

    /// <summary>The last block of the first page, which is the first segment's.</summary>
    private static readonly int LastBlock = SteppedQueue.Layout.PageSize;

    private readonly SteppedQueue _queues = new();

    public void Dispose() => _queues.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_could_not_be_read_for_a_while(bool isZeroed)
    {
        // 1. The block that ends a page can't be read, until it counts as damaged.
        var queue = Fill();
        FirstSegment.BadBlock = LastBlock;
        var read = Drain(queue, seconds: 130);
        Assert.Contains(_queues.Problems.Current, problem => problem.Code == "queue-damaged");

        // 2. It can be read again, intact or as zeros.
        FirstSegment.BadBlock = null;
        if (isZeroed)
            FirstSegment.Content.AsSpan(LastBlock).Clear();
        read.AddRange(Drain(queue, seconds: 62));

        AssertSettled(queue, read, isZeroed ? ".rest" : null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_damaged_and_is_mended(bool isZeroed)
    {
        // 1. The last entry before the end of a page is damaged, and the one before it; an entry takes less than 800 bytes, and more than 700.
        Fill();
        Flip(FirstSegment);
        _queues.Crash();
        var queue = _queues.Open();
        var read = Drain(queue, seconds: 2);
        Assert.Equal(EntryCount - 2, read.Count);
        Assert.Contains(_queues.Problems.Current, problem => problem.Code == "queue-damaged");

        // 2. A person mends the copy, or one entry of it.
        var (_, copy) = Assert.Single(_queues.Disk.Files, file => file.Key.StartsWith(Quarantine.Directory, StringComparison.Ordinal));
        Flip(copy);
        if (isZeroed)
            copy.Content.AsSpan(EndOf(copy) - 700).Clear();
        _queues.Crash();
        queue = _queues.Open();
        read.AddRange(Drain(queue, seconds: 2));

        AssertSettled(queue, read, isZeroed ? ".rest" : null);
    }

    private static void Flip(SimulatedFile file)
    {
        var end = EndOf(file);
        file.Content[end - 10] ^= 1;
        file.Content[end - 810] ^= 1;
    }

    /// <summary>Where the zeros begin.</summary>
    private static int EndOf(SimulatedFile file) => file.Content.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    private SimulatedFile FirstSegment => _queues.Disk.Files.First(file => file.Key.StartsWith(SegmentSet.Directory, StringComparison.Ordinal)).Value;

    private LogQueue Fill()
    {
        var queue = _queues.Open();
        for (var number = 0; number < EntryCount; number++)
            Assert.True(queue.TryAppend(Entries.Number(number), out _));
        Assert.True(queue.CommitOnce());
        queue.KeepHouse();
        return queue;
    }

    /// <param name="queue">Drained.</param>
    /// <param name="read">All that was read.</param>
    /// <param name="left">What is left in the quarantine; null: nothing, and no problem.</param>
    private void AssertSettled(LogQueue queue, List<int> read, string? left)
    {
        var files = _queues.Disk.Files.Keys.Where(name => name.StartsWith(Quarantine.Directory, StringComparison.Ordinal)).ToList();
        if (left is null)
        {
            Assert.Equal(Enumerable.Range(0, EntryCount), read.Order());
            Assert.Equal(new Ledger(EntryCount, EntryCount, 0, 0, 0, 0), queue.Ledger);
            Assert.Empty(files);
            Assert.Empty(_queues.Problems.Current);
            return;
        }

        Assert.True(read.Count < EntryCount);
        Assert.Equal(new Ledger(EntryCount, read.Count, 0, 0, EntryCount - read.Count, 0), queue.Ledger);
        Assert.EndsWith(left, Assert.Single(files), StringComparison.Ordinal);
        Assert.Contains(_queues.Problems.Current, problem => problem.Code == "queue-damaged");
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
