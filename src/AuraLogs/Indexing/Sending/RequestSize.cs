namespace AuraLogs.Indexing.Sending;

/// <summary>
/// How large requests are made: as large as allowed, half as large after one that was too large for the way to the cluster
/// (and never again as large as that one), half as large too after one that got no answer in time, and then larger again with
/// each that went well.
/// </summary>
internal sealed class RequestSize(int most)
{
    /// <summary>Smaller requests help nobody.</summary>
    public const int Least = 64 << 10;

    private const int GrowthSteps = 16;

    // A limit is seldom lowered to less than this part of what it was.
    private const int FarBelow = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<Uri, int> _largestTaken = [];
    private int _ceiling = most;
    private int _current = most;

    public int Current
    {
        get
        {
            lock (_lock)
                return _current;
        }
    }

    public void WasTooLarge(int bytes)
    {
        lock (_lock)
        {
            _ceiling = Math.Clamp(bytes / 2, Least, _ceiling);
            _current = Math.Min(_current, _ceiling);
        }
    }

    public void TimedOut(int bytes)
    {
        lock (_lock)
            _current = Math.Clamp(bytes / 2, Least, _current);
    }

    public void WentWell(Uri node, int bytes)
    {
        lock (_lock)
        {
            _current = Math.Min(_ceiling, _current + (_ceiling / GrowthSteps));
            if (bytes > _largestTaken.GetValueOrDefault(node))
                _largestTaken[node] = bytes;
        }
    }

    /// <summary>Whether the node has taken requests that were many times as large.</summary>
    public bool IsFarBelowTaken(Uri node, int bytes)
    {
        lock (_lock)
            return _largestTaken.GetValueOrDefault(node) / FarBelow >= bytes;
    }
}
