using AuraLogs.Queue;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Log;

namespace AuraLogs.Tests.Queue;

public sealed class LogQueueTests : IDisposable
{
    private readonly QueueDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_appended_is_read_in_order()
    {
        await using var queue = _directory.Open();
        await queue.AppendAsync(0, 1000);
        await queue.ReadAndCompleteAsync(0, 1000);
        Assert.Null(queue.TryRead());
        Assert.Equal(new Ledger(1000, 1000, 0, 0, 0, 0), queue.Ledger);
    }

    [Fact]
    public async Task Large_entries_fill_page_after_page()
    {
        await using var queue = _directory.Open();
        var size = queue.PartBytes;
        await queue.AppendAsync(0, 60, size, events: 900);
        await queue.ReadAndCompleteAsync(0, 60, size, events: 900);
        Assert.Equal(60 * 900, queue.Ledger.Indexed);
    }

    [Fact]
    public async Task The_largest_entry_with_the_longest_tag_and_chunk_id_fits()
    {
        await using var queue = _directory.Open();
        var largest = new NewEntry
        {
            Tag = new byte[ushort.MaxValue],
            ChunkId = new byte[ushort.MaxValue],
            Events = new byte[queue.MaxEventBytes],
            EventCount = 1,
        };
        await queue.WaitForCommitAsync(await queue.AppendAsync(largest, default), default);

        using var entry = await queue.ReadAsync(default);
        Assert.Equal(
            (ushort.MaxValue, ushort.MaxValue, queue.MaxEventBytes), (entry.Tag.Length, entry.ChunkId.Length, entry.Events.Length));
    }

    [Fact]
    public async Task A_restart_continues_where_it_was()
    {
        await using (var queue = _directory.Open())
        {
            await queue.AppendAsync(0, 100, events: 3);
            await queue.ReadAndCompleteAsync(0, 40, events: 3);
        }

        ulong id;
        await using (var queue = _directory.Open())
        {
            id = queue.QueueId;
            Assert.Equal(new Ledger(300, 120, 0, 0, 0, 180), queue.Ledger);
            await queue.AppendAsync(100, 50, events: 3);
            await queue.ReadAndCompleteAsync(40, 60, events: 3);
        }

        await using (var queue = _directory.Open())
        {
            Assert.Equal(id, queue.QueueId);
            Assert.Equal(new Ledger(450, 300, 0, 0, 0, 150), queue.Ledger);
            await queue.ReadAndCompleteAsync(100, 50, events: 3);
            Assert.Null(queue.TryRead());
        }
    }

    [Fact]
    public async Task Finished_segments_are_written_over_and_what_they_held_does_not_come_back()
    {
        // Pages of 4 MiB are segments of their own here, and each of the rounds fills one or two.
        var layout = QueueLayout.For(new QueueOptions { MaxBytes = 128 << 20 });
        const int rounds = 12;
        await using (var queue = _directory.Open(layout))
        {
            for (var round = 0; round < rounds; round++)
            {
                await queue.AppendAsync(round * 12, 12, queue.PartBytes, events: 10);
                await queue.ReadAndCompleteAsync(round * 12, 12, queue.PartBytes, events: 10);
                await Until.TrueAsync(() => queue.SegmentCount <= 2);
            }

            Assert.InRange(Directory.GetFiles(Path.Combine(_directory.Path, SpareSegments.Directory)).Length, 1, 2);
            Assert.InRange(queue.UsedBytes, 3 << 22, 5 << 22);
            await queue.AppendAsync(rounds * 12, 1, events: 10);
        }

        // The last segment's file is full of older entries behind the one that waits.
        await using (var queue = _directory.Open(layout))
        {
            await queue.ReadAndCompleteAsync(rounds * 12, 1, events: 10);
            Assert.Null(queue.TryRead());
            Assert.Equal(new Ledger((rounds * 120) + 10, (rounds * 120) + 10, 0, 0, 0, 0), queue.Ledger);
            Assert.Empty(Directory.GetFiles(Path.Combine(_directory.Path, SpareSegments.Directory)));
            Assert.False(Directory.Exists(Path.Combine(_directory.Path, Quarantine.Directory)));
        }
    }

    [Fact]
    public async Task The_position_is_the_lowest_entry_that_is_not_completed()
    {
        await using (var queue = _directory.Open())
        {
            await queue.AppendAsync(0, 10);
            var read = new List<EntryPosition>();
            while (queue.TryRead() is { } entry)
            {
                read.Add(entry.Position);
                entry.Dispose();
            }

            foreach (var number in (int[])[9, 0, 2, 1, 5])
                queue.Complete(read[number], new EntryOutcome(0, 1, 0));
            Assert.Equal(new Ledger(10, 0, 5, 0, 0, 5), queue.Ledger);
        }

        await using (var queue = _directory.Open())
        {
            Assert.Equal(new Ledger(10, 0, 3, 0, 0, 7), queue.Ledger);
            await queue.ReadAndCompleteAsync(3, 7);
        }
    }

    [Fact]
    public async Task Segments_are_given_back_once_everything_in_them_is_completed()
    {
        await using var queue = _directory.Open(QueueLayout.For(new QueueOptions { MaxBytes = 64 << 20 }));
        var size = queue.PartBytes;
        for (var round = 0; round < 3; round++)
        {
            await queue.AppendAsync(round * 40, 40, size);
            await queue.ReadAndCompleteAsync(round * 40, 40, size);
            await Until.TrueAsync(() => queue.SegmentCount <= 2);
        }
    }

    [Fact]
    public async Task A_full_queue_waits_and_resumes_when_there_is_room()
    {
        await using var queue = _directory.Open(QueueLayout.For(new QueueOptions { MaxBytes = 32 << 20 }));
        var size = queue.PartBytes;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var appended = 0;
        Task<long> append;
        while (true)
        {
            append = queue.AppendAsync(Entries.Number(appended, size), timeout.Token).AsTask();
            await Until.TrueAsync(() => append.IsCompleted || queue.IsFull);
            if (!append.IsCompleted)
                break;
            await queue.WaitForCommitAsync(await append, timeout.Token);
            appended++;
        }

        Assert.Contains(_directory.Problems.Current, problem => problem is { Code: "queue-full", StopsIntake: true });
        var room = queue.WaitForRoomAsync(timeout.Token).AsTask();
        Assert.False(room.IsCompleted);
        Assert.InRange(DirectoryBytes(), 24 << 20, 32 << 20);

        await queue.ReadAndCompleteAsync(0, appended, size);
        await queue.WaitForCommitAsync(await append, timeout.Token);
        await room;
        await queue.ReadAndCompleteAsync(appended, 1, size);
        Assert.Empty(_directory.Problems.Current);
    }

    private long DirectoryBytes() =>
        new DirectoryInfo(_directory.Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
