namespace AuraLogs.Operations.Logs;

/// <summary>The newest events of a scope, the newest first; how many there are; how many in each interval.</summary>
internal sealed record LogPage(long Total, long IntervalMilliseconds, IReadOnlyList<LogBucket> Buckets, IReadOnlyList<LogHit> Hits);
