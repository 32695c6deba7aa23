using AuraLogs.Queue;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// While indexing had not begun, the oldest event of 20,000 that waited was said to be 0 s old, because only entries that had been read counted: the
/// alert on the age stayed silent in the very outage that it is for.
/// </summary>
public sealed class AgeOfUnreadEventsTests : IDisposable
{
    private readonly SteppedQueue _queues = new();
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    public void Dispose() => _queues.Dispose();

    [Fact]
    public async Task An_event_that_nobody_has_read_has_an_age()
    {
        await using var queue = _queues.Open(_time);
        Assert.Equal(TimeSpan.Zero, queue.OldestAge);

        Append(queue, 0);
        _time.Advance(TimeSpan.FromSeconds(100));
        Append(queue, 1);
        _time.Advance(TimeSpan.FromSeconds(37));

        Assert.Equal(TimeSpan.FromSeconds(137), queue.OldestAge);
    }

    [Fact]
    public async Task The_age_goes_on_over_a_restart_with_a_backlog()
    {
        await using (var queue = _queues.Open(_time))
        {
            Append(queue, 0);
            _time.Advance(TimeSpan.FromSeconds(30));
            Append(queue, 1);
            Done(queue);
        }

        _time.Advance(TimeSpan.FromHours(1));
        await using var again = _queues.Open(_time);
        again.LearnAge();
        Assert.Equal(TimeSpan.FromHours(1), again.OldestAge);
        Append(again, 2);
        Assert.Equal(TimeSpan.FromHours(1), again.OldestAge);

        Done(again);
        Done(again);
        Assert.Equal(TimeSpan.Zero, again.OldestAge);
        _time.Advance(TimeSpan.FromHours(1));
        Append(again, 3);
        Assert.Equal(TimeSpan.Zero, again.OldestAge);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(5), again.OldestAge);
    }

    [Fact]
    public async Task It_is_the_age_of_what_is_left_whatever_is_completed_first()
    {
        await using var queue = _queues.Open(_time);
        Append(queue, 0);
        _time.Advance(TimeSpan.FromSeconds(10));
        Append(queue, 1);
        _time.Advance(TimeSpan.FromSeconds(10));
        var first = queue.TryRead()!;
        Done(queue);
        Assert.Equal(TimeSpan.FromSeconds(20), queue.OldestAge);

        Append(queue, 2);
        _time.Advance(TimeSpan.FromSeconds(3));
        queue.Complete(first.Position, new EntryOutcome(1, 0, 0));
        first.Dispose();
        Assert.Equal(TimeSpan.FromSeconds(3), queue.OldestAge);
    }

    private static void Append(LogQueue queue, int number)
    {
        Assert.True(queue.TryAppend(Entries.Number(number), out _));
        Assert.True(queue.CommitOnce());
    }

    private static void Done(LogQueue queue)
    {
        using var entry = queue.TryRead();
        Assert.NotNull(entry);
        queue.Complete(entry.Position, new EntryOutcome(1, 0, 0));
    }
}
