namespace AuraLogs.Queue;

/// <summary>
/// Every event accounted for since the queue was created, over all restarts:
/// Received = Indexed + Duplicates + DeadLettered + Quarantined + Queued, at any moment.
/// </summary>
/// <param name="Received">Events in committed entries.</param>
/// <param name="Indexed">Events that Elasticsearch created (201).</param>
/// <param name="Duplicates">Events that were there already (409).</param>
/// <param name="DeadLettered">Events stored as dead letters.</param>
/// <param name="Quarantined">Events in parts of the queue that were damaged on disk and set aside.</param>
/// <param name="Queued">Events that are committed and not completed.</param>
internal readonly record struct Ledger(
    long Received, long Indexed, long Duplicates, long DeadLettered, long Quarantined, long Queued);
