using AuraLogs.Queue;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A disk that answered every read with EIO for the first 16 s of a start was taken for an empty one: a new state was written over
/// the old one, and the whole backlog was gone without a word.
/// </summary>
public sealed class UnreadableDiskAtStartTests : IDisposable
{
    private readonly SteppedQueue _queues = new();

    public void Dispose() => _queues.Dispose();

    [Fact]
    public async Task The_start_waits_for_as_long_as_the_disk_can_not_be_read_and_nothing_is_lost()
    {
        Fill();
        var before = Contents();

        _queues.Disk.FailsReads = true;
        var opening = Task.Run(() => _queues.Open());
        await Until.TrueAsync(() => _queues.Problems.Current.Any(problem => problem is { Code: "queue-reads-failing", StopsIntake: true }));
        await Until.TrueAsync(() => _queues.Disk.FailedReads > 100); // more than a hundred attempts, one a second
        Assert.False(opening.IsCompleted);
        Assert.Equal(before, Contents());

        _queues.Disk.FailsReads = false;
        await using var queue = await opening;
        Assert.Empty(_queues.Problems.Current);
        await queue.ReadAndCompleteAsync(0, 100);
        Assert.Equal(new Ledger(100, 100, 0, 0, 0, 0), queue.Ledger);
    }

    [Theory]
    [InlineData(StateFile.Name)]
    [InlineData(FormatFile.Name)]
    public async Task A_file_that_can_not_be_read_is_waited_for_until_a_person_gives_it_up(string name)
    {
        Fill();
        _queues.Disk.Files[name].BadBlock = 0;
        _queues.Disk.Files[name].BadBlocks = 2;
        var opening = Task.Run(() => _queues.Open());
        await Until.TrueAsync(() => _queues.Disk.FailedReads > 100);
        Assert.False(opening.IsCompleted);

        _queues.Disk.Put(GiveUp.Name, []);
        await using var queue = await opening;
        await queue.ReadAndCompleteAsync(0, 100);
        Assert.Equal(0, queue.Ledger.Queued);
        Assert.False(_queues.Disk.Exists(GiveUp.Name));
    }

    [Fact]
    public async Task One_slot_of_the_state_that_can_not_be_read_is_no_reason_to_wait()
    {
        Fill();
        _queues.Disk.Files[StateFile.Name].BadBlock = 4096;
        await using var queue = _queues.Open();
        await queue.ReadAndCompleteAsync(0, 100);
        Assert.Equal(new Ledger(100, 100, 0, 0, 0, 0), queue.Ledger);
    }

    [Fact]
    public async Task A_block_in_which_the_next_entry_would_be_is_waited_for()
    {
        // The state knows of 100 entries only; whether there are more is in a block that can't be read.
        var queue = _queues.Open();
        Append(queue, 0, 100);
        queue.KeepHouse();
        var state = _queues.Disk.Files[StateFile.Name].Content.ToArray();
        Append(queue, 100, 4);
        _queues.Crash();
        _queues.Disk.Put(StateFile.Name, state);
        var segment = _queues.Disk.Files.Last(file => file.Key.StartsWith(SegmentSet.Directory, StringComparison.Ordinal));
        segment.Value.BadBlock = (segment.Value.Content.Length - 1) / 4096 * 4096;

        var opening = Task.Run(() => _queues.Open());
        await Until.TrueAsync(() => _queues.Disk.FailedReads > 300);
        Assert.False(opening.IsCompleted);
        segment.Value.BadBlock = null;
        await using var opened = await opening;
        await opened.ReadAndCompleteAsync(0, 104);
    }

    private static void Append(LogQueue queue, int from, int count)
    {
        for (var number = from; number < from + count; number++)
            Assert.True(queue.TryAppend(Entries.Number(number), out _));
        Assert.True(queue.CommitOnce());
    }

    private void Fill()
    {
        var queue = _queues.Open();
        Append(queue, 0, 100);
        queue.KeepHouse();
        _queues.Crash();
    }

    private Dictionary<string, byte[]> Contents() =>
        _queues.Disk.Files.ToDictionary(file => file.Key, file => file.Value.Content.ToArray());
}
