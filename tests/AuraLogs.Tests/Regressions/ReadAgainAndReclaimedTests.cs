using AuraLogs.Queue;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Log;
using AuraLogs.Tests.Queue;
using AuraLogs.Tests.Simulation;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A start comes again to the parts behind the position that it continues from, so what was noted about them is outdated. When the disk did not let a note be removed at
/// that moment, the part was read in its turn, and a minute later given out once more as one that had turned out to be intact: its events came twice, and
/// the ledger counted them as received twice.
/// </summary>
public sealed class ReadAgainAndReclaimedTests : IDisposable
{
    private const int EntryCount = 300;

    private readonly SteppedQueue _queues = new();

    public void Dispose() => _queues.Dispose();

    [Fact]
    public void What_is_read_again_after_a_start_is_not_given_out_as_reclaimed_too()
    {
        // 1. A block can't be read and counts as damaged, while the first entry is not completed: the position stays before it.
        var queue = _queues.Open();
        for (var number = 0; number < EntryCount; number++)
            Assert.True(queue.TryAppend(Entries.Number(number), out _));
        Assert.True(queue.CommitOnce());
        FirstSegment.BadBlock = 11 * 4096;
        var read = Drain(queue, seconds: 130, completesFirst: false);
        Assert.InRange(read.Count, EntryCount - 7, EntryCount - 5);
        Assert.Contains(_queues.Disk.Files.Keys, name => name.EndsWith(Quarantine.Unread, StringComparison.Ordinal));

        // 2. After a crash it can be read again, and nothing can be removed from the quarantine.
        _queues.Crash();
        var disk = new DiskThatKeeps(_queues.Disk);
        queue = _queues.Open(disk);
        Assert.True(disk.Refusals > 0);
        Assert.Equal(Enumerable.Range(0, EntryCount), Drain(queue, seconds: 62, completesFirst: true));
        Assert.Equal(new Ledger(EntryCount, EntryCount, 0, 0, 0, 0), queue.Ledger);

        // 3. It is removed as soon as the disk lets it, and with it the segment goes.
        disk.Keeps = false;
        Assert.Empty(Drain(queue, seconds: 2, completesFirst: true));
        Assert.DoesNotContain(_queues.Disk.Files.Keys, name => name.StartsWith(Quarantine.Directory, StringComparison.Ordinal));
        Assert.Equal(1, queue.SegmentCount);
    }

    private SimulatedFile FirstSegment => _queues.Disk.Files.First(file => file.Key.StartsWith(SegmentSet.Directory, StringComparison.Ordinal)).Value;

    private static List<int> Drain(LogQueue queue, int seconds, bool completesFirst)
    {
        var read = new List<int>();
        for (var second = 0; second < seconds; second++)
        {
            queue.KeepHouse();
            while (queue.TryRead() is { } entry)
            {
                Entries.AssertIsNumber(entry.FirstOrdinal, entry);
                if (completesFirst || entry.FirstOrdinal > 0)
                    queue.Complete(entry.Position, new EntryOutcome(1, 0, 0));
                read.Add(entry.FirstOrdinal);
                entry.Dispose();
            }
        }

        queue.KeepHouse();
        return read;
    }

    /// <summary>Lets nothing be removed from the quarantine for a while.</summary>
    private sealed class DiskThatKeeps(IQueueDisk disk) : IQueueDisk
    {
        public bool Keeps { get; set; } = true;

        public int Refusals { get; private set; }

        public long AvailableBytes => disk.AvailableBytes;

        public IReadOnlyList<DiskFile> List(string directory) => disk.List(directory);

        public bool Exists(string name) => disk.Exists(name);

        public IQueueFile Open(string name) => disk.Open(name);

        public IQueueFile OpenToRead(string name) => disk.OpenToRead(name);

        public IQueueFile Create(string name) => disk.Create(name);

        public void Move(string name, string newName) => disk.Move(name, newName);

        public void Delete(string name)
        {
            if (Keeps && name.StartsWith(Quarantine.Directory, StringComparison.Ordinal))
            {
                Refusals++;
                throw new IOException("Input/output error");
            }

            disk.Delete(name);
        }

        public void Dispose() => disk.Dispose();
    }
}
