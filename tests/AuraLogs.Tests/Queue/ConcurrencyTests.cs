using AuraLogs.Queue;

namespace AuraLogs.Tests.Queue;

public sealed class ConcurrencyTests : IDisposable
{
    private readonly QueueDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Many_senders_and_a_reader_at_once()
    {
        const int senders = 8;
        const int each = 2000;
        await using var queue = _directory.Open();
        var sending = Enumerable.Range(0, senders).Select(sender => Task.Run(async () =>
        {
            for (var number = 0; number < each; number++)
            {
                var address = await queue.AppendAsync(Entries.Number((sender * each) + number, 300), default);
                if (number % 50 == 0)
                    await queue.WaitForCommitAsync(address, default);
            }
        })).ToList();

        var next = Enumerable.Range(0, senders).Select(sender => sender * each).ToArray();
        for (var read = 0; read < senders * each; read++)
        {
            using var entry = await queue.ReadAsync(default);
            var sender = entry.FirstOrdinal / each;
            Assert.Equal(next[sender]++, entry.FirstOrdinal);
            Entries.AssertIsNumber(entry.FirstOrdinal, entry, 300);
            queue.Complete(entry.Position, new EntryOutcome(1, 0, 0));
        }

        await Task.WhenAll(sending);
        Assert.Equal(new Ledger(senders * each, senders * each, 0, 0, 0, 0), queue.Ledger);
    }

    [Fact]
    public async Task A_wait_for_a_commit_can_be_cancelled()
    {
        await using var queue = _directory.Open();
        using var cancelled = new CancellationTokenSource();
        var waiting = queue.WaitForCommitAsync(long.MaxValue, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await queue.AppendAsync(0, 10);
    }

    [Fact]
    public async Task What_is_not_an_entry_is_refused()
    {
        await using var queue = _directory.Open();
        await Assert.ThrowsAsync<ArgumentException>(async () => await queue.AppendAsync(Entries.Number(1, events: 0), default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await queue.AppendAsync(Entries.Number(1, queue.MaxEventBytes + 1), default));
        Assert.Throws<ArgumentException>(() => queue.Complete(new EntryPosition(64, 100), default));
    }
}
