using AuraLogs.LoadTests.Measuring;

namespace AuraLogs.LoadTests.Generating;

/// <summary>What the senders of one run have done so far; they all write to it.</summary>
internal sealed class LoadProgress
{
    private LatencyHistogram _recentAckLatency = new();
    private long _ackedFrames;
    private long _resentFrames;
    private long _reconnects;
    private long _lastAck;
    private long _worstLag;

    /// <summary>From the frame's last byte being handed to the kernel to its ack.</summary>
    public LatencyHistogram AckLatency { get; } = new();

    /// <summary>The latencies since this was last called.</summary>
    public LatencyHistogram TakeRecentAckLatency() => Interlocked.Exchange(ref _recentAckLatency, new LatencyHistogram());

    public void Latency(TimeSpan latency)
    {
        AckLatency.Record(latency);
        Volatile.Read(ref _recentAckLatency).Record(latency);
    }

    public long AckedFrames => Volatile.Read(ref _ackedFrames);

    public long ResentFrames => Volatile.Read(ref _resentFrames);

    public long Reconnects => Volatile.Read(ref _reconnects);

    /// <summary>A time stamp (<see cref="System.Diagnostics.Stopwatch"/>) of the latest ack.</summary>
    public long LastAck => Volatile.Read(ref _lastAck);

    /// <summary>How far a paced run fell behind its schedule at worst.</summary>
    public TimeSpan WorstLag => TimeSpan.FromTicks(Volatile.Read(ref _worstLag));

    public void Acked(int frames, long now)
    {
        Interlocked.Add(ref _ackedFrames, frames);
        Volatile.Write(ref _lastAck, now);
    }

    public void Resending(int frames) => Interlocked.Add(ref _resentFrames, frames);

    public void Reconnecting() => Interlocked.Increment(ref _reconnects);

    public void Lagged(TimeSpan lag)
    {
        if (lag.Ticks > Volatile.Read(ref _worstLag))
            Volatile.Write(ref _worstLag, lag.Ticks);
    }
}
