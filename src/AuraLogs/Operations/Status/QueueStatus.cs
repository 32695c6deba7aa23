namespace AuraLogs.Operations.Status;

/// <summary>What is on disk. The time until it is full is null while it does not grow.</summary>
internal sealed record QueueStatus(
    long Events,
    long Bytes,
    long DiskBytes,
    long MaxBytes,
    long FreeDiskBytes,
    double OldestEventAgeSeconds,
    double? SecondsUntilFull,
    bool Full,
    Latency Commit);
