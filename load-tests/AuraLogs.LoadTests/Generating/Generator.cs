using System.Diagnostics;
using System.Net;

namespace AuraLogs.LoadTests.Generating;

/// <summary>Sends a load over its connections, once.</summary>
internal sealed class Generator(LoadOptions options, IFrames frames)
{
    private readonly long _frames = (options.Records + frames.EventsPerFrame - 1) / frames.EventsPerFrame;

    private FrameSchedule? _schedule;

    public LoadProgress Progress { get; } = new();

    public long Records => _frames * frames.EventsPerFrame;

    /// <summary>Frames that have been sent, or that a connection is about to send.</summary>
    public long Taken => _schedule?.Taken ?? 0;

    /// <summary>Ends the load before all has been sent: what was taken is still brought to its ack.</summary>
    public void Stop() => _schedule?.Stop();

    public static IFrames Prepare(LoadOptions options) =>
        options.Mode == FrameMode.Gzip ? new CompressedFrames(options) : new FrameTemplate(options);

    public async Task<LoadResult> RunAsync(IPEndPoint aggregator, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Limit);
        var schedule = _schedule = new FrameSchedule(_frames, options.Rate / frames.EventsPerFrame);
        var start = Stopwatch.GetTimestamp();
        var senders = Enumerable.Range(0, options.Connections)
            .Select(_ => new ForwardSender(aggregator, frames, schedule, options, Progress).RunAsync(limit.Token))
            .ToArray();
        try
        {
            await Task.WhenAll(senders);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The limit has come: what is missing shows in the result.
        }

        return new LoadResult(Records, Progress.AckedFrames * frames.EventsPerFrame, Stopwatch.GetElapsedTime(start, Progress.LastAck),
            Progress.AckLatency, Progress.ResentFrames, Progress.Reconnects, Progress.WorstLag);
    }
}
