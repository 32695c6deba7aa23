using System.Buffers;
using AuraLogs.Queue;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Queue.Progress;

namespace AuraLogs.Tests.Queue;

public sealed class OutstandingTests
{
    private const int Size = 100;

    [Fact]
    public void What_is_completed_behind_an_entry_that_waits_takes_no_memory()
    {
        var outstanding = new Outstanding(new CommitPoint(0, 0), default);
        var waiting = Add(outstanding, 0);
        for (var number = 1; number < 100_000; number++)
            outstanding.Complete(Add(outstanding, number), new EntryOutcome(1, 0, 0));
        Assert.InRange(outstanding.Count, 2, 64);
        Assert.Equal(0, outstanding.Position.Address);
        Assert.Equal(99_999, outstanding.Completed.Indexed);

        outstanding.Complete(waiting, new EntryOutcome(0, 0, 1));
        Assert.Equal(new CommitPoint(100_000 * Size, 100_000), outstanding.Position);
        Assert.Equal(new OutcomeSums(99_999, 0, 1, 0), outstanding.BelowPosition);
        Assert.Equal(0, outstanding.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_position_is_the_lowest_that_waits_whatever_the_order(int seed)
    {
        var random = new Random(seed);
        var outstanding = new Outstanding(new CommitPoint(0, 0), default);
        var waiting = new SortedDictionary<int, EntryPosition>();
        for (var number = 0; number < 3_000; number++)
        {
            waiting.Add(number, Add(outstanding, number));
            while (waiting.Count > random.Next(1, 200))
                CompleteOne(number + 1);
        }

        while (waiting.Count > 0)
            CompleteOne(3_000);
        Assert.Equal(3_000, outstanding.BelowPosition.Indexed);

        void CompleteOne(int given)
        {
            var (number, position) = waiting.ElementAt(random.Next(waiting.Count));
            waiting.Remove(number);
            outstanding.Complete(position, new EntryOutcome(1, 0, 0));
            Assert.Throws<ArgumentException>(() => outstanding.Complete(position, new EntryOutcome(1, 0, 0)));
            var lowest = waiting.Count > 0 ? waiting.Keys.First() : given;
            Assert.Equal(new CommitPoint(lowest * Size, lowest), outstanding.Position);
        }
    }

    private static EntryPosition Add(Outstanding outstanding, int number)
    {
        var content = new NewEntry { Tag = default, Events = new byte[Size - EntryHeader.Size], EventCount = 1 };
        var entry = new QueueEntry(Entries.Header(content, queueId: 1, (long)number * Size, number), MemoryPool<byte>.Shared.Rent(0));
        outstanding.Add(entry);
        return entry.Position;
    }
}
