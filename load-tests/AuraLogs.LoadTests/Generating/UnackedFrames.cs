using System.Diagnostics;
using System.Threading.Channels;

namespace AuraLogs.LoadTests.Generating;

/// <summary>The frames of one connection that wait for their ack, in whatever order the acks come.</summary>
internal sealed class UnackedFrames
{
    private readonly Dictionary<long, (DateTimeOffset Time, long SentAt)> _frames = [];
    private readonly Channel<bool> _fewer = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public int Count
    {
        get
        {
            lock (_frames)
                return _frames.Count;
        }
    }

    public void Add(long first, int count, DateTimeOffset time)
    {
        lock (_frames)
        {
            for (var number = first; number < first + count; number++)
                _frames[number] = (time, 0);
        }
    }

    public void Sent(long first, int count)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_frames)
        {
            for (var number = first; number < first + count; number++)
            {
                if (_frames.TryGetValue(number, out var frame))
                    _frames[number] = frame with { SentAt = now };
            }
        }
    }

    /// <summary>Takes the frame out; null when it was not waited for.</summary>
    public TimeSpan? Acked(long number, long now)
    {
        lock (_frames)
        {
            return _frames.Remove(number, out var frame)
                ? frame.SentAt == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(frame.SentAt, now)
                : null;
        }
    }

    /// <summary>Wakes the sender after acks.</summary>
    public void Signal() => _fewer.Writer.TryWrite(true);

    /// <summary>Waits for the next acks.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _fewer.Reader.ReadAsync(cancellationToken);

    public IReadOnlyList<(long Number, DateTimeOffset Time)> InOrder()
    {
        lock (_frames)
            return [.. _frames.OrderBy(frame => frame.Key).Select(frame => (frame.Key, frame.Value.Time))];
    }
}
