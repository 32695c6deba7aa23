using AuraLogs.Queue;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;

namespace AuraLogs.Tests.Queue.Format;

/// <summary>
/// A directory that was written before entries told what was committed before them, and states knew of torn writes: two runs, 25 entries of 10
/// events, the first five of them completed. (The segments have <c>.bin</c> behind their names.)
/// </summary>
public sealed class WrittenWithoutWatermarksTests : IDisposable
{
    private const int EventBytes = 300;

    private readonly QueueDirectory _directory = new();

    public WrittenWithoutWatermarksTests()
    {
        var from = Path.Combine(AppContext.BaseDirectory, "Queue", "Format", "WrittenWithoutWatermarks");
        Directory.CreateDirectory(Path.Combine(_directory.Path, SegmentSet.Directory));
        foreach (var path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(path, Path.Combine(_directory.Path, Path.GetRelativePath(from, path).Replace(".bin", "", StringComparison.Ordinal)));
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_is_read_and_goes_on()
    {
        await using (var queue = _directory.Open())
        {
            Assert.Equal(new Ledger(250, 50, 0, 0, 0, 200), queue.Ledger);
            await queue.AppendAsync(25, 5, EventBytes, events: 10);
            await queue.ReadAndCompleteAsync(5, 25, EventBytes, events: 10);
        }

        await using (var queue = _directory.Open())
            Assert.Equal(new Ledger(300, 300, 0, 0, 0, 0), queue.Ledger);
        Assert.Empty(_directory.Problems.Current);
    }

    [Fact]
    public async Task What_is_missing_in_it_is_lost()
    {
        var segment = Path.Combine(_directory.Path, SegmentSet.Directory, SegmentHeader.FileName(0));
        var content = File.ReadAllBytes(segment);
        content.AsSpan(SegmentHeader.Size + 4096, 600).Clear();
        File.WriteAllBytes(segment, content);
        await using var queue = _directory.Open();
        while (queue.TryRead() is { } entry)
        {
            queue.Complete(entry.Position, new EntryOutcome(10, 0, 0));
            entry.Dispose();
        }

        Assert.InRange(queue.Ledger.Quarantined, 10, 30);
        Assert.Equal(250 - queue.Ledger.Quarantined, queue.Ledger.Indexed);
        Assert.Contains(_directory.Problems.Current, problem => problem.Code == "queue-damaged");
    }
}
