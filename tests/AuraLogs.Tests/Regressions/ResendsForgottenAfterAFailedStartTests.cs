using AuraLogs.Queue.Resends;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A start whose first write failed counted its state as written. When the service was stopped before anything changed, what it kept for
/// resends was told by a state that was on no disk: the next start took it for outdated, and stored the resends a second time.
/// </summary>
public sealed class ResendsForgottenAfterAFailedStartTests : IDisposable
{
    private readonly SteppedQueue _queues = new();

    public void Dispose() => _queues.Dispose();

    [Fact]
    public async Task A_stop_keeps_what_is_unacknowledged_although_the_start_could_not_write()
    {
        long address;
        await using (var queue = _queues.Open())
        {
            Assert.True(queue.TryAppend(Entries.Number(1), out address));
            Assert.True(queue.CommitOnce());
        }

        await using (_queues.Open())
        {
            // It begins a segment behind what is there, which is the last change that a start without anything new makes.
        }

        (_queues.Disk.WritesUntilFailure, _queues.Disk.FailuresLeft) = (1, 1); // the first write takes the file of the stop before away
        await using (var queue = _queues.Open())
        {
            Assert.Contains(_queues.Problems.Current, problem => problem.Code == "queue-disk-failing");
            queue.Unacknowledged.Add(new StoredChunk(7, address));
        }

        await using (var queue = _queues.Open())
        {
            Assert.True(queue.Unacknowledged.TryTake(7, out var found));
            Assert.Equal(address, found);
        }
    }
}
