namespace AuraLogs.Forward.Sockets;

/// <summary>A moment by which something has to have happened. One side sets and clears it, the sweep looks at it.</summary>
internal sealed class Deadline
{
    private long _at = long.MaxValue;

    /// <param name="timestamp">Of the <see cref="TimeProvider"/>.</param>
    public void Set(long timestamp) => Volatile.Write(ref _at, timestamp);

    public void Clear() => Volatile.Write(ref _at, long.MaxValue);

    public bool IsSet => Volatile.Read(ref _at) != long.MaxValue;

    public bool IsPast(long now) => now >= Volatile.Read(ref _at);
}
