namespace AuraLogs.Elasticsearch.Nodes;

/// <summary>One node: how many requests it is busy with, and until when it is set aside after failures in a row.</summary>
internal sealed class ElasticsearchNode(Uri uri)
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(1);
    // A probe is a small request, and what waits for the node goes on as soon as one is answered.
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(2);

    private int _requestsInFlight;

    public Uri Uri { get; } = uri;

    public int RequestsInFlight => Volatile.Read(ref _requestsInFlight);

    /// <summary>Failures without an answer since the last answer.</summary>
    public int FailuresInARow { get; private set; }

    /// <summary>Until when it is not to be used, as a timestamp of the time provider; 0 when it answers.</summary>
    public long SetAsideUntil { get; private set; }

    /// <summary>Whether a probe is on its way, so that no second one is sent.</summary>
    public bool IsProbed { get; set; }

    public bool IsSetAside => SetAsideUntil != 0;

    public void Begin() => Interlocked.Increment(ref _requestsInFlight);

    public void End() => Interlocked.Decrement(ref _requestsInFlight);

    public void Answered()
    {
        FailuresInARow = 0;
        SetAsideUntil = 0;
    }

    public void Failed(TimeProvider time)
    {
        var backOff = FirstBackOff * Math.Pow(2, Math.Min(FailuresInARow, 6));
        if (backOff > LongestBackOff)
            backOff = LongestBackOff;
        FailuresInARow++;
        SetAsideUntil = time.GetTimestamp() + (long)(backOff.TotalSeconds * time.TimestampFrequency);
    }
}
