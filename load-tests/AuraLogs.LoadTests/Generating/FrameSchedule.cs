using System.Diagnostics;

namespace AuraLogs.LoadTests.Generating;

/// <summary>Hands out the numbers of the frames to send, and when each is due.</summary>
internal sealed class FrameSchedule(long frames, double framesPerSecond)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _next;
    private bool _stopped;

    public long Frames => frames;

    /// <summary>How many have been taken.</summary>
    public long Taken => Math.Min(Interlocked.Read(ref _next), frames);

    /// <summary>From now on there are none to take.</summary>
    public void Stop() => Volatile.Write(ref _stopped, true);

    /// <summary>Takes up to <paramref name="most"/> numbers; 0 when all have been taken, or after <see cref="Stop"/>.</summary>
    public int Take(int most, out long first)
    {
        first = 0;
        if (Volatile.Read(ref _stopped))
            return 0;
        first = Interlocked.Add(ref _next, most) - most;
        return (int)Math.Clamp(frames - first, 0, most);
    }

    /// <summary>How long until the frame is due; negative when it is late, zero when there is no pace.</summary>
    public TimeSpan UntilDue(long number) => framesPerSecond > 0
        ? TimeSpan.FromSeconds(number / framesPerSecond) - Stopwatch.GetElapsedTime(_start)
        : TimeSpan.Zero;
}
