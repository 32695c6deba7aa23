using AuraLogs.Operations.Health;
using AuraLogs.Operations.Status;
using AuraLogs.Queue;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>That nothing at all was indexed was no problem of its own: who looked for how much waits and for how long that goes on found it nowhere.</summary>
public sealed class NothingIndexedTests : IDisposable
{
    private readonly SteppedQueue _queues = new();
    private readonly AuraLogsMeter _meter = new();
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    public void Dispose()
    {
        _meter.Dispose();
        _queues.Dispose();
    }

    [Fact]
    public async Task Waiting_events_of_which_none_is_completed_are_a_problem_until_one_is()
    {
        await using var queue = _queues.Open(_time);
        using var metrics = TestMetrics.Of(_meter);
        using var sampler = new StatusSampler(metrics, TestLoops.New(), _time);
        var problems = new Problems(_time);
        using var watch = new IndexingWatch(queue, problems, sampler, TestLoops.New(), _time);

        watch.Look();
        _time.Advance(TimeSpan.FromMinutes(5));
        watch.Look();
        Assert.Empty(problems.Current);

        var began = _time.GetUtcNow();
        Append(queue, 0, 3);
        problems.Raise("elasticsearch-unavailable", "Elasticsearch does not answer (connection refused).");
        for (var second = 0; second <= 120; second++)
        {
            watch.Look();
            Assert.Equal(second >= IndexingWatch.ProblemAfter.TotalSeconds, problems.Current.Any(problem => problem.Code == IndexingWatch.Code));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var problem = Assert.Single(problems.Current, problem => problem.Code == IndexingWatch.Code);
        Assert.Equal(began, problem.Since);
        Assert.False(problem.StopsIntake);
        Assert.StartsWith("Nothing has been indexed for 2 min. Cause: Elasticsearch does not answer (connection refused). 3 events (", problem.Sentence, StringComparison.Ordinal);
        Assert.Contains("the oldest for 2 min. The queue does not grow at present", problem.Sentence, StringComparison.Ordinal);

        using (var entry = queue.TryRead()!)
            queue.Complete(entry.Position, new EntryOutcome(1, 0, 0));
        watch.Look();
        Assert.DoesNotContain(problems.Current, problem => problem.Code == IndexingWatch.Code);
    }

    private static void Append(LogQueue queue, int from, int count)
    {
        for (var number = from; number < from + count; number++)
            Assert.True(queue.TryAppend(Entries.Number(number), out _));
        Assert.True(queue.CommitOnce());
    }
}
