namespace AuraLogs.LoadTests.Sinking;

/// <summary>Requests and bytes that the sink has read.</summary>
internal sealed class SinkTotals
{
    private long _requests;
    private long _bytes;

    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Bytes of <c>_bulk</c> bodies, unpacked.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public void Request(long bytes)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _bytes, bytes);
    }
}
