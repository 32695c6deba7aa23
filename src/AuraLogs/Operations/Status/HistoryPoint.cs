namespace AuraLogs.Operations.Status;

/// <summary>One second of the history: what the page's curves show.</summary>
internal readonly record struct HistoryPoint(
    DateTimeOffset At,
    double EventsIn,
    double EventsOut,
    double BytesIn,
    double BytesOut,
    double QueueBytes,
    double? AckP99,
    double? BulkP99,
    double CpuCores,
    double ResidentBytes)
{
    public static HistoryPoint Of(Window second, DateTimeOffset at) => new(
        at,
        second.PerSecond("auralogs_forward_events_total"),
        second.PerSecond("auralogs_indexing_items_total", "verdict", "indexed"),
        second.PerSecond("auralogs_forward_received_bytes_total"),
        second.PerSecond("auralogs_indexing_bulk_bytes_total"),
        second.Now.Sum("auralogs_queue_pending_bytes") ?? 0,
        second.LatencyOf("auralogs_forward_ack_seconds").P99,
        second.LatencyOf("auralogs_indexing_bulk_seconds").P99,
        second.PerSecond("auralogs_process_cpu_seconds_total"),
        second.Now.Sum("auralogs_process_resident_memory_bytes") ?? 0);
}
