namespace AuraLogs.Operations.Status;

/// <summary>What comes in. Rates are over the last ten seconds, the refusals since the start.</summary>
internal sealed record ForwardStatus(
    long Connections,
    double EventsPerSecond,
    double BytesPerSecond,
    double FramesPerSecond,
    long RefusedFrames,
    Latency Ack);
