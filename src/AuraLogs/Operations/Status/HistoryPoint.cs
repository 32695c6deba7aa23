using AuraLogs.Forward;
using AuraLogs.Indexing;
using AuraLogs.Operations.Metrics;
using AuraLogs.Queue;

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
        second.PerSecond(ForwardMetrics.EventsTotalName),
        second.PerSecond(IndexingMetrics.ItemsTotalName, "verdict", "indexed"),
        second.PerSecond(ForwardMetrics.ReceivedBytesTotalName),
        second.PerSecond(IndexingMetrics.BulkBytesTotalName),
        second.Now.Sum(QueueMetrics.PendingBytesName) ?? 0,
        second.LatencyOf(ForwardMetrics.AckSecondsName).P99,
        second.LatencyOf(IndexingMetrics.BulkSecondsName).P99,
        second.PerSecond(ProcessMetrics.CpuSecondsTotalName),
        second.Now.Sum(ProcessMetrics.ResidentMemoryBytesName) ?? 0);
}
