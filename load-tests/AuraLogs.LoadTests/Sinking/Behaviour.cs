using System.Diagnostics;

namespace AuraLogs.LoadTests.Sinking;

/// <summary>How the sink behaves now: well, unless an outage of its script covers the moment, or one has been forced.</summary>
internal sealed class Behaviour(IReadOnlyList<Outage> script)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _forced = -1;
    private long _hits;

    /// <summary>How many requests were not answered well.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>An outage that lasts until it is set to null; it comes before the script.</summary>
    public OutageKind? Forced
    {
        get => Volatile.Read(ref _forced) is var kind and >= 0 ? (OutageKind)kind : null;
        set => Volatile.Write(ref _forced, value is { } kind ? (int)kind : -1);
    }

    /// <summary>Takes note of a request that is not answered well.</summary>
    public void Hit() => Interlocked.Increment(ref _hits);

    public OutageKind? Now
    {
        get
        {
            if (script.Count == 0 || Forced is not null)
                return Forced;
            var moment = Stopwatch.GetElapsedTime(_start);
            foreach (var outage in script)
            {
                if (outage.Covers(moment))
                    return outage.Kind;
            }

            return null;
        }
    }
}
