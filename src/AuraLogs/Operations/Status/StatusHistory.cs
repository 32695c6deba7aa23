namespace AuraLogs.Operations.Status;

/// <summary>The last ten minutes, one point a second, the oldest first: each column in an array of its own. In <c>/api/status/history</c>.</summary>
internal sealed record StatusHistory(
    IReadOnlyList<long> UnixSeconds,
    IReadOnlyList<double> EventsIn,
    IReadOnlyList<double> EventsOut,
    IReadOnlyList<double> BytesIn,
    IReadOnlyList<double> BytesOut,
    IReadOnlyList<double> QueueBytes,
    IReadOnlyList<double?> AckP99,
    IReadOnlyList<double?> BulkP99,
    IReadOnlyList<double> CpuCores,
    IReadOnlyList<double> ResidentBytes)
{
    public static StatusHistory Of(IReadOnlyCollection<HistoryPoint> points) => new(
        Column(points, point => point.At.ToUnixTimeSeconds()),
        Column(points, point => Math.Round(point.EventsIn, 1)),
        Column(points, point => Math.Round(point.EventsOut, 1)),
        Column(points, point => Math.Round(point.BytesIn)),
        Column(points, point => Math.Round(point.BytesOut)),
        Column(points, point => point.QueueBytes),
        Column(points, point => point.AckP99),
        Column(points, point => point.BulkP99),
        Column(points, point => Math.Round(point.CpuCores, 3)),
        Column(points, point => point.ResidentBytes));

    private static T[] Column<T>(IReadOnlyCollection<HistoryPoint> points, Func<HistoryPoint, T> value) => [.. points.Select(value)];
}
