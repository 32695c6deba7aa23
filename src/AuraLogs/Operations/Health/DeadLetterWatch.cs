using AuraLogs.Elasticsearch;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Queue;
using AuraLogs.Telemetry;

namespace AuraLogs.Operations.Health;

/// <summary>
/// Keeps dead letters a problem until somebody has seen to them: replayed or deleted, they are gone from the cluster. New ones are known from the
/// ledger at once; the cluster is asked when there were none for a while, and at the start for those of earlier runs. While it does not answer,
/// what is known stays.
/// </summary>
internal sealed class DeadLetterWatch(
    LogQueue queue, DeadLetterStore store, DeadLetterLog log, Problems problems, Loops loops, TimeProvider time) : BackgroundService
{
    public const string Code = "dead-letters";

    /// <summary>Between two questions to the cluster, and from the last new dead letter to the next one: by then it can be found.</summary>
    public static readonly TimeSpan AskInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private long? _ledger;
    private long _ledgerWhenCounted;
    private long _counted;
    private long? _askAfter;

    /// <summary>Looks once.</summary>
    internal async Task LookAsync(CancellationToken stopping)
    {
        // 1. What the ledger has more than before.
        log.Tell();
        var (ledger, now) = (queue.Ledger.DeadLettered, time.GetTimestamp());
        if (_ledger is null)
            _ledgerWhenCounted = ledger;
        else if (ledger != _ledger)
            _askAfter = now;
        _ledger = ledger;

        // 2. What the cluster has.
        if (_askAfter is not { } since || time.GetElapsedTime(since, now) >= AskInterval)
        {
            _askAfter = now;
            if (await CountAsync(stopping) is { } counted)
                (_counted, _ledgerWhenCounted) = (counted, ledger);
        }

        // 3. What is left to see to.
        var unseen = _counted + ledger - _ledgerWhenCounted;
        if (unseen > 0)
        {
            problems.Raise(
                Code,
                $"{unseen} documents could not be indexed as they are and wait as dead letters in {IndexConventions.DeadLetterPrefix}-*. `auralogs dead-letters list` tells why; "
                + "repair the cause, then `auralogs dead-letters replay` indexes them. This stays until they are replayed or deleted.");
        }
        else
        {
            problems.Clear(Code);
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loops.RunAgainAsync(
        "dead letter watch", stopping => Loops.EveryAsync(Period, time, LookAsync, stopping, atOnce: true), stoppingToken);

    /// <returns>Null when the cluster does not tell.</returns>
    private async Task<long?> CountAsync(CancellationToken stopping)
    {
        try
        {
            return (await store.ListAsync(0, stopping)).Total;
        }
        catch (Exception e) when (e is ElasticsearchUnavailableException or ClusterRefusedException)
        {
            return null;
        }
    }
}
