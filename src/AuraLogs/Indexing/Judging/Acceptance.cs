namespace AuraLogs.Indexing.Judging;

/// <summary>
/// How the cluster takes documents, summed over all requests: the measure for those that it refuses again and again. A document
/// counts as refused only at its first try, and only for what may befall any document: no room for it (429), or its whole request.
/// </summary>
internal sealed class Acceptance
{
    private readonly Lock _lock = new();
    private Sums _sums;

    public Sums Current
    {
        get
        {
            lock (_lock)
                return _sums;
        }
    }

    public void Add(long taken, long refused)
    {
        lock (_lock)
            _sums = new Sums(_sums.Taken + taken, _sums.Refused + refused);
    }

    /// <param name="Taken">Documents that are in the index since, or were already.</param>
    /// <param name="Refused">Documents that were refused at their first try.</param>
    public readonly record struct Sums(long Taken, long Refused);
}
