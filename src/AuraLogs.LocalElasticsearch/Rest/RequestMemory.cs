namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>A bound on what all requests hold at once, as Elasticsearch's circuit breakers are.</summary>
/// <param name="name">What it bounds, for the refusal.</param>
/// <param name="limit">In bytes.</param>
internal sealed class RequestMemory(string name, long limit)
{
    private long _taken;

    public long Taken => Volatile.Read(ref _taken);

    /// <exception cref="ElasticsearchException">429: with these it would be more than the limit.</exception>
    public void Take(long bytes)
    {
        long taken = Interlocked.Add(ref _taken, bytes);
        if (taken <= limit)
            return;
        Interlocked.Add(ref _taken, -bytes);
        throw new ElasticsearchException(
            429, "circuit_breaking_exception", $"[{name}] Data too large, would be [{taken}b], which is larger than the limit of [{limit}b]");
    }

    public void GiveBack(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
