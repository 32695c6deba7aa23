namespace AuraLogs.Operations.Status;

/// <summary>What goes out. Rates are over the last ten seconds, dead letters since the start.</summary>
internal sealed record IndexingStatus(
    double EventsPerSecond,
    double DuplicatesPerSecond,
    double RetriesPerSecond,
    long DeadLetters,
    double RequestsPerSecond,
    double BytesPerSecond,
    long InFlightRequests,
    long InFlightBytes,
    double ConcurrencyLimit,
    Latency Bulk);
