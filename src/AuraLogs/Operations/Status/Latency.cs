namespace AuraLogs.Operations.Status;

/// <summary>In seconds; null when nothing happened in the window.</summary>
internal readonly record struct Latency(double? P50, double? P99);
