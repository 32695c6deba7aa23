namespace AuraLogs.Operations.Status;

/// <summary>The process: processor use in cores, the share of time paused by garbage collections, memory in bytes.</summary>
internal sealed record ProcessStatus(
    DateTimeOffset StartedAt,
    double CpuCores,
    double GcPauseRatio,
    long ResidentBytes,
    long HeapBytes,
    long Threads,
    long OpenHandles);
