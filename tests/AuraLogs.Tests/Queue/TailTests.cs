using AuraLogs.Queue;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;

namespace AuraLogs.Tests.Queue;

/// <summary>What may be behind the last entry: zeros, a torn write, damage, and older entries in a file that is used again.</summary>
public sealed class TailTests : IDisposable
{
    private const int EventBytes = 2000;
    private const int Count = 20;

    private readonly QueueDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_can_not_be_read_there_is_set_aside_with_its_position_and_is_no_problem()
    {
        var end = await FillAsync();
        byte[] torn = [.. Enumerable.Range(1, 5000).Select(number => (byte)((number % 255) + 1))];
        Append(torn);
        var from = new FileInfo(Segment()).Length - torn.Length - SegmentHeader.Size;
        Assert.True(from >= end);

        await AssertAllIsThereAsync();
        var said = Assert.Single(_directory.Log.Containing("Behind the last entry of a run"));
        Assert.Contains($"from address {from} to {from + torn.Length},", said.Text, StringComparison.Ordinal);
        Assert.Empty(_directory.Problems.Current);
        var kept = Assert.Single(_directory.Quarantined());
        Assert.Equal($"{from:x16}-{from + torn.Length:x16}.tail", Path.GetFileName(kept));
        Assert.Equal(torn, File.ReadAllBytes(kept));

        // The next start has begun behind it, and says nothing more.
        await using (var queue = _directory.Open())
        {
            await queue.AppendAsync(Count, 1, EventBytes, events: 10);
            await queue.ReadAndCompleteAsync(Count, 1, EventBytes, events: 10);
        }

        Assert.Single(_directory.Log.Containing("Behind the last entry"));
        Assert.Empty(_directory.Problems.Current);
    }

    [Fact]
    public async Task A_torn_segment_without_any_entry_is_a_tail_too()
    {
        await FillAsync();
        var start = 1L << 30;
        var header = new byte[SegmentHeader.Size];
        new SegmentHeader(start, 4 << 20, new QueueState()).Write(header);
        File.WriteAllBytes(
            Path.Combine(_directory.Path, SegmentSet.Directory, SegmentHeader.FileName(start)),
            [.. header, .. new byte[600], 1, 2, 3, .. new byte[97]]);

        await AssertAllIsThereAsync();
        Assert.Empty(_directory.Problems.Current);
        var kept = Assert.Single(_directory.Quarantined());
        Assert.Equal($"{start + 600:x16}-{start + 604:x16}.tail", Path.GetFileName(kept));
    }

    [Fact]
    public async Task Zeros_are_nothing()
    {
        await FillAsync();
        Append(new byte[100_000]);
        await AssertAllIsThereAsync();
        AssertNothingIsSaid();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public async Task Older_entries_of_the_queue_in_a_file_used_again_are_nothing(int cut)
    {
        // With the cut, the end of the log lies in the middle of an older entry.
        await FillAsync();
        var log = File.ReadAllBytes(Segment())[SegmentHeader.Size..];
        var first = EntryAt(log);
        var second = first + EntrySize(log, first);
        var third = second + EntrySize(log, second);
        Append([.. log[(first + cut)..third], .. new byte[100]]);

        await AssertAllIsThereAsync();
        AssertNothingIsSaid();
    }

    [Fact]
    public async Task A_torn_write_before_older_entries_is_seen_in_the_sector_of_the_end()
    {
        var end = await FillAsync();
        var log = File.ReadAllBytes(Segment())[SegmentHeader.Size..];
        var first = EntryAt(log);
        Append(log[first..(first + EntrySize(log, first))]);
        using (var file = new FileStream(Segment(), FileMode.Open))
        {
            file.Position = SegmentHeader.Size + end;
            file.WriteByte(1);
        }

        await AssertAllIsThereAsync();
        Assert.Equal($"{end:x16}-{end + 4:x16}.tail", Path.GetFileName(Assert.Single(_directory.Quarantined())));
    }

    [Fact]
    public async Task What_the_state_knows_to_be_committed_there_is_lost_exactly_counted_and_a_problem()
    {
        var end = await FillAsync();
        using (var file = new FileStream(Segment(), FileMode.Open))
        {
            file.Position = SegmentHeader.Size + end - 500;
            file.Write(new byte[300]);
        }

        await using (var queue = _directory.Open())
        {
            await queue.ReadAndCompleteAsync(0, Count - 1, EventBytes, events: 10);
            Assert.Null(queue.TryRead());
            Assert.Equal(new Ledger(10 * Count, 10 * (Count - 1), 0, 0, 10, 0), queue.Ledger);
            Assert.Contains(_directory.Problems.Current, problem => problem.Code == "queue-damaged");
        }

        var said = Assert.Single(_directory.Log.Containing("Damaged parts"));
        Assert.Contains("10 events lost", said.Text, StringComparison.Ordinal);
        Assert.Single(_directory.Quarantined());
    }

    /// <returns>Where the last entry ends.</returns>
    private async Task<long> FillAsync()
    {
        var end = 0L;
        await using var queue = _directory.Open();
        await queue.AppendAsync(0, Count, EventBytes, events: 10);
        while (queue.TryRead() is { } entry)
        {
            end = entry.Position.NextAddress;
            entry.Dispose();
        }

        return end;
    }

    private async Task AssertAllIsThereAsync()
    {
        await using var queue = _directory.Open();
        await queue.ReadAndCompleteAsync(0, Count, EventBytes, events: 10);
        Assert.Null(queue.TryRead());
        Assert.Equal(new Ledger(10 * Count, 10 * Count, 0, 0, 0, 0), queue.Ledger);
    }

    private void AssertNothingIsSaid()
    {
        Assert.Empty(_directory.Log.Containing("Behind the last entry"));
        Assert.Empty(_directory.Quarantined());
        Assert.Empty(_directory.Problems.Current);
    }

    private void Append(byte[] bytes)
    {
        using var file = new FileStream(Segment(), FileMode.Append);
        file.Write(bytes);
    }

    private static int EntryAt(byte[] log)
    {
        for (var at = 0; ; at += 4)
        {
            if (EntryHeader.TryRead(log.AsSpan(at), at, null, out _))
                return at;
        }
    }

    private static int EntrySize(byte[] log, int at)
    {
        Assert.True(EntryHeader.TryRead(log.AsSpan(at), at, null, out var header));
        return EntryHeader.SizeOnDisk(header.BodyLength);
    }

    private string Segment() => Directory.GetFiles(Path.Combine(_directory.Path, SegmentSet.Directory)).Order().First();
}
