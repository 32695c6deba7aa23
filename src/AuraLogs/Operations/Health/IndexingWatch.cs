using AuraLogs.Operations.Status;
using AuraLogs.Operations.Top;
using AuraLogs.Queue;
using AuraLogs.Telemetry;

namespace AuraLogs.Operations.Health;

/// <summary>
/// Raises a problem of its own while events wait and not one of them is completed, whatever the reason: with the cause where one is known, how much
/// waits, and how long the disk lasts.
/// </summary>
internal sealed class IndexingWatch(LogQueue queue, Problems problems, StatusSampler sampler, Loops loops, TimeProvider time) : BackgroundService
{
    public const string Code = "nothing-indexed";

    /// <summary>So long nothing may be completed before it is a problem: longer than a slow bulk request.</summary>
    public static readonly TimeSpan ProblemAfter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // What can hold up everything, the nearest cause first.
    private static readonly string[] Causes =
        ["elasticsearch-", "index-", "indexing-", "dead-letters-full", "queue-reads-failing", "lifecycle-not-checked"];

    private long _completed = -1;
    private DateTimeOffset _since;

    /// <summary>Looks once.</summary>
    internal void Look()
    {
        var ledger = queue.Ledger;
        var (now, completed) = (time.GetUtcNow(), ledger.Received - ledger.Queued);
        if (ledger.Queued == 0 || completed != _completed)
        {
            (_completed, _since) = (completed, now);
            problems.Clear(Code);
            return;
        }

        if (now - _since < ProblemAfter)
            return;
        problems.Raise(
            Code,
            $"Nothing has been indexed for {TopText.Duration((now - _since).TotalSeconds)}. {Cause()} "
            + $"{TopText.Count(ledger.Queued)} events ({TopText.Bytes(queue.PendingBytes)}) wait on disk, the oldest for {TopText.Duration(queue.OldestAge.TotalSeconds)}. {Room()}",
            since: _since);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loops.RunAgainAsync(
        "indexing watch", stopping => Loops.EveryAsync(Period, time, Look, stopping), stoppingToken);

    private string Cause()
    {
        var current = problems.Current;
        var cause = Causes
            .Select(cause => current.FirstOrDefault(problem => problem.Code.StartsWith(cause, StringComparison.Ordinal)))
            .FirstOrDefault(problem => problem is not null);
        return cause is null ? "No cause is known: Elasticsearch has not refused anything." : $"Cause: {cause.Sentence}";
    }

    private string Room() => sampler.SecondsUntilFull switch
    {
        <= 0 => "There is no room left, so senders wait.",
        double.PositiveInfinity => $"The queue does not grow at present; it uses {TopText.Bytes(queue.UsedBytes)} of {TopText.Bytes(queue.MaxBytes)}.",
        var seconds => $"If it goes on growing as in the last minute, the queue is full in {TopText.Duration(seconds)}; then senders wait.",
    };
}
