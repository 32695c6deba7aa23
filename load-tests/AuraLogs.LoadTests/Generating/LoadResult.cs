using AuraLogs.LoadTests.Measuring;

namespace AuraLogs.LoadTests.Generating;

/// <summary>What a generator saw.</summary>
/// <param name="Records">Events that were to be sent.</param>
/// <param name="Acked">Events in frames that were acknowledged.</param>
/// <param name="Elapsed">From the start to the last ack.</param>
/// <param name="AckLatency">From a frame's last byte sent to its ack.</param>
/// <param name="ResentFrames">Frames sent again after a broken connection.</param>
/// <param name="Reconnects">Connections that broke.</param>
/// <param name="WorstLag">How far a paced run fell behind at worst.</param>
internal sealed record LoadResult(
    long Records, long Acked, TimeSpan Elapsed, LatencyHistogram AckLatency, long ResentFrames, long Reconnects, TimeSpan WorstLag)
{
    public double AckedPerSecond => Elapsed > TimeSpan.Zero ? Acked / Elapsed.TotalSeconds : 0;
}
