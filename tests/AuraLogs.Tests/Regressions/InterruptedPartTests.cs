using System.Buffers;
using AuraLogs.Queue;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A part that had been set aside and turned out to be intact was given out from its beginning again when a read failed in the middle of it: what had been given out
/// before came twice, and counted as duplicates. When it was the read of an entry's body, the memory for it was never given back.
/// </summary>
public sealed class InterruptedPartTests : IDisposable
{
    private const int Count = 300;

    private static readonly QueueLayout Layout = SteppedQueue.Layout with { ReadWindowSize = 4096 };

    private readonly SteppedQueue _queues = new();

    public void Dispose() => _queues.Dispose();

    [Fact]
    public void A_part_that_could_not_be_read_goes_on_after_another_read_error()
    {
        // 1. Five blocks can't be read, and are passed.
        var queue = Fill();
        var segment = _queues.Disk.Files.First(file => file.Key.StartsWith(SegmentSet.Directory, StringComparison.Ordinal)).Value;
        (segment.BadBlock, segment.BadBlocks) = (3 * 4096, 5);
        var read = Read(queue);
        Assert.InRange(read.Count, 1, Count - 20);
        Assert.Single(_queues.Disk.Files.Keys, name => name.EndsWith(Quarantine.Unread, StringComparison.Ordinal));

        // 2. They can be read, and once more they can't after some of what is in them was given out.
        segment.BadBlock = null;
        read.AddRange(ReadWithOneFailure(queue, after: 5));
        Assert.Equal(Enumerable.Range(0, Count), read.Order());
        Assert.Equal(new Ledger(Count, Count, 0, 0, 0, 0), queue.Ledger);
    }

    [Fact]
    public void A_copy_of_a_damaged_part_goes_on_after_a_read_error_and_gives_its_memory_back()
    {
        // 1. Twenty entries that follow each other are damaged, and are copied.
        Fill();
        var segment = _queues.Disk.Files.First(file => file.Key.StartsWith(SegmentSet.Directory, StringComparison.Ordinal)).Value;
        var intact = segment.Content.ToArray();
        segment.Content.AsSpan(SegmentHeader.Size + 8192, 20 * 800).Fill(0xFF);
        _queues.Crash();
        var read = Read(_queues.Open(_queues.Disk, layout: Layout));
        Assert.InRange(read.Count, 1, Count - 20);
        var (name, copy) = Assert.Single(_queues.Disk.Files, file => file.Key.StartsWith(Quarantine.Directory, StringComparison.Ordinal));

        // 2. Somebody mends the copy. While it is read, the disk fails once.
        var from = (int)QuarantinedPart.TryParse(Path.GetFileName(name), "")!.From;
        intact.AsSpan(SegmentHeader.Size + from, copy.Content.Length).CopyTo(copy.Content);
        _queues.Crash();
        var rented = new List<CountedMemory>();
        var queue = _queues.Open(_queues.Disk, layout: Layout, rent: length =>
        {
            rented.Add(new CountedMemory(length));
            return rented[^1];
        });
        read.AddRange(ReadWithOneFailure(queue, after: 5));
        Assert.Equal(Enumerable.Range(0, Count), read.Order());
        Assert.Equal(new Ledger(Count, Count, 0, 0, 0, 0), queue.Ledger);
        Assert.DoesNotContain(rented, memory => !memory.IsReturned);
    }

    private LogQueue Fill()
    {
        var queue = _queues.Open(_queues.Disk, layout: Layout);
        for (var number = 0; number < Count; number++)
            Assert.True(queue.TryAppend(Entries.Number(number), out _));
        Assert.True(queue.CommitOnce());
        queue.KeepHouse();
        return queue;
    }

    private List<int> ReadWithOneFailure(LogQueue queue, int after)
    {
        var read = Read(queue, most: after);
        _queues.Disk.ReadsUntilFailure = 0;
        read.AddRange(Read(queue));
        Assert.True(_queues.Disk.ReadsUntilFailure < 0, "No read failed.");
        return read;
    }

    /// <summary>What is given out within minutes of housekeeping: a block that can't be read is tried for one before it is passed.</summary>
    private static List<int> Read(LogQueue queue, int most = int.MaxValue)
    {
        var read = new List<int>();
        for (var second = 0; second < 400 && read.Count < most; second++)
        {
            queue.KeepHouse();
            while (read.Count < most && queue.TryRead() is { } entry)
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

    private sealed class CountedMemory(int length) : IMemoryOwner<byte>
    {
        public bool IsReturned { get; private set; }

        public Memory<byte> Memory { get; } = new byte[length];

        public void Dispose() => IsReturned = true;
    }
}
