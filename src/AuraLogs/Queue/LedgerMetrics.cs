using System.Diagnostics.Metrics;
using AuraLogs.Telemetry;

namespace AuraLogs.Queue;

/// <summary>
/// The ledger. One measurement reads it once, so that the figures of one scrape balance:
/// received = the sum of the outcomes.
/// </summary>
internal sealed class LedgerMetrics
{
    public LedgerMetrics(AuraLogsMeter meter, LogQueue queue)
    {
        meter.CreateObservableGauge(
            "auralogs_ledger_events",
            () => Measure(queue.Ledger),
            "{event}",
            "Every event since the queue was created, over restarts, by account; received is always the sum of the others.");
    }

    private static IEnumerable<Measurement<long>> Measure(Ledger ledger) =>
    [
        Account("received", ledger.Received),
        Account("indexed", ledger.Indexed),
        Account("duplicate", ledger.Duplicates),
        Account("dead_lettered", ledger.DeadLettered),
        Account("quarantined", ledger.Quarantined),
        Account("queued", ledger.Queued),
    ];

    private static Measurement<long> Account(string name, long events) => new(events, new KeyValuePair<string, object?>("account", name));
}
