using AuraLogs.Queue;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>An entry of 3 events that was completed with 5 left the ledger at -2 queued.</summary>
public sealed class OutcomeThatDoesNotAddUpTests : IDisposable
{
    private readonly SteppedQueue _queues = new();

    public void Dispose() => _queues.Dispose();

    [Theory]
    [InlineData(5, 0, 0)]
    [InlineData(2, 0, 0)]
    [InlineData(4, 0, -1)]
    public async Task It_is_refused_and_changes_nothing(long indexed, long duplicates, long deadLettered)
    {
        await using var queue = _queues.Open();
        Assert.True(queue.TryAppend(Entries.Number(0, events: 3), out _));
        Assert.True(queue.CommitOnce());
        using var entry = queue.TryRead();
        Assert.Throws<ArgumentException>(() => queue.Complete(entry!.Position, new EntryOutcome(indexed, duplicates, deadLettered)));
        Assert.Equal(new Ledger(3, 0, 0, 0, 0, 3), queue.Ledger);
        queue.Complete(entry!.Position, new EntryOutcome(1, 1, 1));
        Assert.Equal(new Ledger(3, 1, 1, 1, 0, 0), queue.Ledger);
    }
}
