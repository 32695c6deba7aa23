using AuraLogs.Queue;
using AuraLogs.Queue.Format;

namespace AuraLogs.Tests.Queue;

/// <summary>Damage by hand on real files, one kind a test; the simulator mixes them all.</summary>
public sealed class DamageTests : IDisposable
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
        Assert.Equal($"{damaged.Address:x16}-{damaged.NextAddress:x16}", Path.GetFileName(kept));
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
    public async Task A_torn_tail_is_no_damage()
    {
        await FillAsync(20);
        using (var file = new FileStream(Segment(), FileMode.Append))
            file.Write(new byte[5000].Select((_, index) => (byte)index).ToArray());
        await AssertAllIsThereAsync(20);
        Assert.Empty(_directory.Problems.Current);
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
    public async Task Files_that_are_not_the_queues_stay_and_count()
    {
        await FillAsync(3);
        var foreign = Path.Combine(_directory.Path, "segments", "notes.txt");
        File.WriteAllBytes(foreign, new byte[100_000]);
        await using (var queue = _directory.Open())
        {
            Assert.InRange(queue.UsedBytes, 100_000, 1_000_000);
            await queue.ReadAndCompleteAsync(0, 3, EventBytes, events: 10);
        }

        Assert.True(File.Exists(foreign));
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

    private string Segment() => Directory.GetFiles(Path.Combine(_directory.Path, "segments"), "*.log").Order().First();

    private static void Change(string path, long offset, Action<byte[]> change)
    {
        var content = File.ReadAllBytes(path);
        var part = content[(int)offset..];
        change(part);
        part.CopyTo(content, offset);
        File.WriteAllBytes(path, content);
    }
}
