using System.Diagnostics;

namespace AuraLogs.LoadTests.Generating;

/// <summary>Hands out the numbers of the frames to send, and when each is due.</summary>
internal sealed class FrameSchedule(long frames, double framesPerSecond)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _next;

    public long Frames => frames;

    /// <summary>Takes up to <paramref name="most"/> numbers; 0 when all have been taken.</summary>
    public int Take(int most, out long first)
    {
        first = Interlocked.Add(ref _next, most) - most;
        return (int)Math.Clamp(frames - first, 0, most);
    }

    /// <summary>How long until the frame is due; negative when it is late, zero when there is no pace.</summary>
    public TimeSpan UntilDue(long number) => framesPerSecond > 0
        ? TimeSpan.FromSeconds(number / framesPerSecond) - Stopwatch.GetElapsedTime(_start)
        : TimeSpan.Zero;
}
