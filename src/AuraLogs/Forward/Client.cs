namespace AuraLogs.Forward;

/// <summary>One connection of a sender. Its connection alone counts into it; status reads it from elsewhere.</summary>
internal sealed class Client(string address, TimeProvider time, Action<Client> gone) : IDisposable
{
    private long _bytes;
    private long _events;
    private long _lastFrameAt;

    public string Address { get; } = address;

    public DateTimeOffset ConnectedAt { get; } = time.GetUtcNow();

    public long Bytes => Volatile.Read(ref _bytes);

    public long Events => Volatile.Read(ref _events);

    /// <summary>Null before the first frame.</summary>
    public DateTimeOffset? LastFrameAt => Volatile.Read(ref _lastFrameAt) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>One frame was taken.</summary>
    public void Count(long bytes, long events)
    {
        Volatile.Write(ref _bytes, _bytes + bytes);
        Volatile.Write(ref _events, _events + events);
        Volatile.Write(ref _lastFrameAt, time.GetUtcNow().UtcTicks);
    }

    public void Dispose() => gone(this);
}
