using AuraLogs.Queue;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>What was set aside because it could not be read stayed unindexed for good, although its bytes turned out to be intact.</summary>
public sealed class QuarantinedThoughIntactTests : IDisposable
{
    private const int EventBytes = 2000;

    private readonly QueueDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_is_indexed_at_the_next_start_and_the_ledger_moves_with_it()
    {
        var damaged = 0L;
        await using (var queue = _directory.Open())
        {
            await queue.AppendAsync(0, 20, EventBytes, events: 10);
            for (var number = 0; number <= 7; number++)
            {
                using var entry = queue.TryRead();
                damaged = entry!.Position.Address;
            }
        }

        var segment = Directory.GetFiles(Path.Combine(_directory.Path, SegmentSet.Directory)).Order().First();
        Flip(segment, SegmentHeader.Size + damaged + EntryHeader.Size + 500);
        await using (var queue = _directory.Open())
        {
            await queue.ReadAndCompleteAsync(0, 7, EventBytes, events: 10);
            await queue.ReadAndCompleteAsync(8, 12, EventBytes, events: 10);
            Assert.Equal(new Ledger(200, 190, 0, 0, 10, 0), queue.Ledger);
        }

        Flip(Assert.Single(_directory.Quarantined()), EntryHeader.Size + 500);
        await using (var queue = _directory.Open())
        {
            await queue.AppendAsync(20, 1, EventBytes, events: 10);
            await queue.ReadAndCompleteAsync(7, 1, EventBytes, events: 10);
            await queue.ReadAndCompleteAsync(20, 1, EventBytes, events: 10);
            await Until.TrueAsync(() => queue.Ledger == new Ledger(210, 210, 0, 0, 0, 0));
            await Until.TrueAsync(() => _directory.Problems.Current.Count == 0);
            Assert.Empty(_directory.Quarantined());
        }

        await using (var queue = _directory.Open())
        {
            Assert.Null(queue.TryRead());
            Assert.Equal(new Ledger(210, 210, 0, 0, 0, 0), queue.Ledger);
        }
    }

    private static void Flip(string path, long offset)
    {
        var content = File.ReadAllBytes(path);
        content[offset] ^= 4;
        File.WriteAllBytes(path, content);
    }
}
