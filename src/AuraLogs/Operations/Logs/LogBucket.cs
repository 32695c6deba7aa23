namespace AuraLogs.Operations.Logs;

/// <summary>How many events lie in the interval that begins at this time (milliseconds since 1970).</summary>
internal readonly record struct LogBucket(long At, long Count);
