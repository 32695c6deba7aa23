using System.Text.RegularExpressions;
using AuraLogs.Queue;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;

namespace AuraLogs.Tests.Queue;

/// <summary>Damage by hand on real files, one kind a test; the simulator mixes them all.</summary>
public sealed partial class DamageTests : IDisposable
{
    private const int EventBytes = 2000;

    private readonly QueueDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_flipped_bit_costs_one_entry_and_its_bytes_are_set_aside()
    {
        var positions = await FillAsync(20);
        var damaged = positions[7];
        Change(Segment(), SegmentHeader.Size + damaged.Address + EntryHeader.Size + 500, bytes => bytes[0] ^= 4);

        await using var queue = _directory.Open();
        await queue.ReadAndCompleteAsync(0, 7, EventBytes, events: 10);
        await queue.ReadAndCompleteAsync(8, 12, EventBytes, events: 10);
        Assert.Equal(new Ledger(200, 190, 0, 0, 10, 0), queue.Ledger);
        Assert.Contains(_directory.Problems.Current, problem => problem.Code == "queue-damaged");

        var kept = Assert.Single(Directory.GetFiles(Path.Combine(_directory.Path, Quarantine.Directory)));
        Assert.Equal($"{damaged.Address:x16}-{damaged.NextAddress:x16}-10", Path.GetFileName(kept));
        Assert.Equal(damaged.NextAddress - damaged.Address, new FileInfo(kept).Length);
    }

    [Fact]
    public async Task The_problem_is_over_when_a_person_has_removed_what_was_set_aside()
    {
        var positions = await FillAsync(5);
        Change(Segment(), SegmentHeader.Size + positions[2].Address + 20, bytes => bytes[0] ^= 1);
        await using var queue = _directory.Open();
        await queue.ReadAndCompleteAsync(0, 2, EventBytes, events: 10);
        await queue.ReadAndCompleteAsync(3, 2, EventBytes, events: 10);

        foreach (var file in Directory.GetFiles(Path.Combine(_directory.Path, Quarantine.Directory)))
            File.Delete(file);
        await Until.TrueAsync(() => _directory.Problems.Current.Count == 0);
    }

    [Theory]
    [InlineData("format")]
    [InlineData("state")]
    public async Task An_empty_file_of_the_queues_own_loses_nothing(string name)
    {
        await FillAsync(20);
        File.WriteAllBytes(Path.Combine(_directory.Path, name), []);
        await AssertAllIsThereAsync(20);
    }

    [Fact]
    public async Task Losing_everything_but_the_segments_loses_nothing()
    {
        await FillAsync(20);
        File.Delete(Path.Combine(_directory.Path, "format"));
        File.Delete(Path.Combine(_directory.Path, "state"));
        Change(Segment(), 0, bytes => bytes.AsSpan(0, SegmentHeader.Size).Clear());
        await AssertAllIsThereAsync(20);
    }

    [Fact]
    public async Task A_missing_segment_is_counted_and_the_rest_goes_on()
    {
        await FillAsync(20);
        await using (var queue = _directory.Open())
            await queue.AppendAsync(20, 5, EventBytes, events: 10);
        File.Delete(Segment());

        await using (var queue = _directory.Open())
        {
            await queue.ReadAndCompleteAsync(20, 5, EventBytes, events: 10);
            Assert.Equal(new Ledger(250, 50, 0, 0, 200, 0), queue.Ledger);
        }
    }

    [Fact]
    public async Task Scattered_damage_is_not_a_line_each_in_the_log()
    {
        var positions = await FillAsync(60);
        foreach (var damaged in positions.Where((_, number) => number % 3 == 1))
            Change(Segment(), SegmentHeader.Size + damaged.Address + 20, bytes => bytes[0] ^= 1);

        await using (var queue = _directory.Open())
        {
            for (var number = 0; number < 60; number += number % 3 == 0 ? 2 : 1)
                await queue.ReadAndCompleteAsync(number, 1, EventBytes, events: 10);
            Assert.Equal(new Ledger(600, 400, 0, 0, 200, 0), queue.Ledger);
        }

        // How many lines depends on how long it took; not one for each.
        var lines = _directory.Log.Containing("Damaged parts");
        Assert.InRange(lines.Count, 1, 10);
        Assert.Equal(200, lines.Sum(line => int.Parse(EventsLost().Match(line.Text).Groups[1].Value, null)));
        Assert.Equal(20, _directory.Quarantined().Length);
    }

    [Theory]
    [InlineData(2L << 20)]
    [InlineData(1L << 40)]
    public async Task A_segment_of_garbage_is_set_aside_although_nothing_is_missing(long start)
    {
        // Between the segments of two runs, and behind them.
        await FillAsync(5);
        await using (var queue = _directory.Open())
            await queue.AppendAsync(5, 5, EventBytes, events: 10);
        var garbage = new byte[SegmentHeader.Size + 20_000];
        new Random(1).NextBytes(garbage);
        File.WriteAllBytes(Path.Combine(_directory.Path, SegmentSet.Directory, SegmentHeader.FileName(start)), garbage);

        await AssertAllIsThereAsync(10);
        Assert.Contains(_directory.Problems.Current, problem => problem.Code == "queue-damaged");
        var kept = Assert.Single(_directory.Quarantined());
        Assert.Equal(garbage[SegmentHeader.Size..], File.ReadAllBytes(kept));
    }

    [Fact]
    public async Task A_segment_without_its_header_is_not_taken_for_the_garbage_that_lies_over_it()
    {
        await FillAsync(20);
        Change(Segment(), 0, bytes => bytes.AsSpan(0, SegmentHeader.Size).Clear());
        var garbage = new byte[5_000];
        new Random(1).NextBytes(garbage);
        var path = Path.Combine(_directory.Path, SegmentSet.Directory, SegmentHeader.FileName(8_192));
        File.WriteAllBytes(path, garbage);

        await AssertAllIsThereAsync(20);
        Assert.Equal(garbage, File.ReadAllBytes(Assert.Single(_directory.Quarantined())));
    }

    [Fact]
    public async Task A_damaged_first_entry_is_counted_although_the_state_is_lost_too()
    {
        var positions = await FillAsync(20);
        Change(Segment(), SegmentHeader.Size + positions[0].Address + EntryHeader.Size + 500, bytes => bytes[0] ^= 4);
        LoseTheState();

        await using var queue = _directory.Open();
        await queue.ReadAndCompleteAsync(1, 19, EventBytes, events: 10);
        Assert.Equal(new Ledger(200, 190, 0, 0, 10, 0), queue.Ledger);
    }

    [Fact]
    public async Task A_torn_write_is_not_where_the_queue_begins_when_the_state_is_lost()
    {
        // A run whose last write was torn behind its header; the run after it has given that sequence to other entries.
        var positions = await FillAsync(3);
        ulong queueId;
        await using (var queue = _directory.Open())
        {
            queueId = queue.QueueId;
            await queue.AppendAsync(3, 5, EventBytes, events: 10);
        }

        var address = positions[^1].Address;
        var torn = Entries.OnDisk(Entries.Number(9, eventBytes: 500, events: 10), queueId, address, sequence: 50);
        torn[EntryHeader.Size] ^= 1;
        Change(Segment(), SegmentHeader.Size, bytes =>
        {
            bytes.AsSpan().Clear();
            torn.CopyTo(bytes, address);
        });
        LoseTheState();

        await using (var queue = _directory.Open())
        {
            await queue.ReadAndCompleteAsync(3, 5, EventBytes, events: 10);
            Assert.Equal(new Ledger(50, 50, 0, 0, 0, 0), queue.Ledger);
        }
    }

    [Fact]
    public async Task Files_that_are_not_the_queues_are_moved_to_quarantine()
    {
        await FillAsync(3);
        string[] foreign = [Path.Combine(_directory.Path, "notes.txt"), Path.Combine(_directory.Path, SegmentSet.Directory, "notes.txt")];
        foreach (var path in foreign)
            File.WriteAllText(path, path);
        var inDirectory = Path.Combine(_directory.Path, "lost+found", "found");
        Directory.CreateDirectory(Path.GetDirectoryName(inDirectory)!);
        File.WriteAllText(inDirectory, "");

        await AssertAllIsThereAsync(3);
        Assert.DoesNotContain(foreign, File.Exists);
        Assert.True(File.Exists(inDirectory));
        Assert.Equal(["foreign.notes.txt", "foreign.segments.notes.txt"], _directory.Quarantined().Select(Path.GetFileName).Order());
        Assert.Equal(foreign.Order(), _directory.Quarantined().Select(File.ReadAllText).Order());
        Assert.Contains("2, notes.txt for one. 2 were moved", Assert.Single(_directory.Log.Containing("not the queue's")).Text, StringComparison.Ordinal);
        Assert.Empty(_directory.Problems.Current);
    }

    [Fact]
    public async Task A_foreign_file_that_is_too_large_for_the_quarantine_stays_and_counts()
    {
        await FillAsync(3);
        var foreign = Path.Combine(_directory.Path, SegmentSet.Directory, "notes.txt");
        File.WriteAllBytes(foreign, new byte[3_000_000]);
        await using (var queue = _directory.Open(QueueLayout.For(new QueueOptions { MaxBytes = 64 << 20 })))
        {
            Assert.InRange(queue.UsedBytes, 3_000_000, 4_000_000);
            Assert.Equal(64 << 20, queue.MaxBytes);
            await queue.ReadAndCompleteAsync(0, 3, EventBytes, events: 10);
        }

        Assert.True(File.Exists(foreign));
        Assert.Contains("0 were moved to quarantine/, 1 stay", Assert.Single(_directory.Log.Containing("not the queue's")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_never_pushes_a_foreign_file_out_of_the_quarantine()
    {
        // A quarantine of 1 MiB: half of it is the file's, and the damaged part of more than a megabyte is cut.
        var positions = await FillAsync(1500);
        Change(Segment(), SegmentHeader.Size + positions[1].Address, bytes => bytes.AsSpan(0, (int)(positions[^1].Address - positions[1].Address)).Clear());
        File.WriteAllBytes(Path.Combine(_directory.Path, "notes.txt"), new byte[500_000]);
        await using (var queue = _directory.Open(QueueLayout.For(new QueueOptions { MaxBytes = 32 << 20 })))
        {
            await queue.ReadAndCompleteAsync(0, 1, EventBytes, events: 10);
            await queue.ReadAndCompleteAsync(1499, 1, EventBytes, events: 10);
        }

        var kept = _directory.Quarantined().ToDictionary(path => Path.GetFileName(path)!, path => new FileInfo(path).Length);
        Assert.Equal(500_000, kept["foreign.notes.txt"]);
        Assert.Equal(2, kept.Count);
        Assert.InRange(kept.Values.Sum(), 1_000_000, 1 << 20);
    }

    private async Task<List<EntryPosition>> FillAsync(int count)
    {
        var positions = new List<EntryPosition>();
        await using var queue = _directory.Open();
        await queue.AppendAsync(0, count, EventBytes, events: 10);
        while (queue.TryRead() is { } entry)
        {
            positions.Add(entry.Position);
            entry.Dispose();
        }

        return positions;
    }

    private async Task AssertAllIsThereAsync(int count)
    {
        await using var queue = _directory.Open();
        await queue.ReadAndCompleteAsync(0, count, EventBytes, events: 10);
        Assert.Null(queue.TryRead());
        Assert.Equal(new Ledger(10 * count, 10 * count, 0, 0, 0, 0), queue.Ledger);
    }

    /// <summary>The file, and the copies in the segments' headers.</summary>
    private void LoseTheState()
    {
        File.Delete(Path.Combine(_directory.Path, StateFile.Name));
        foreach (var segment in Directory.GetFiles(Path.Combine(_directory.Path, SegmentSet.Directory)))
            Change(segment, 0, bytes => bytes.AsSpan(0, SegmentHeader.Size).Clear());
    }

    private string Segment() => Directory.GetFiles(Path.Combine(_directory.Path, "segments"), "*.log").Order().First();

    private static void Change(string path, long offset, Action<byte[]> change)
    {
        var content = File.ReadAllBytes(path);
        var part = content[(int)offset..];
        change(part);
        part.CopyTo(content, offset);
        File.WriteAllBytes(path, content);
    }

    [GeneratedRegex("([0-9]+) events lost")]
    private static partial Regex EventsLost();
}
