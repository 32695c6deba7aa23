namespace AuraLogs.LoadTests.Sinking;

/// <summary>
/// Which documents have arrived, by sequence number, judged as an index would: the first of a number is created; another with
/// the same id is a conflict (409), as a resend or a retry should be; another with a different id, or with none, is a
/// duplicate in the index.
/// </summary>
internal sealed class SequenceLedger(long capacity)
{
    /// <summary>A hash of the id under which each number was created; 0: not arrived.</summary>
    private readonly uint[] _ids = new uint[capacity];
    private long _created;
    private long _conflicts;
    private long _duplicates;
    private long _strangers;

    /// <summary>Different documents that have arrived.</summary>
    public long Created => Volatile.Read(ref _created);

    /// <summary>Documents that came again under their own id, which an index answers with 409.</summary>
    public long Conflicts => Volatile.Read(ref _conflicts);

    /// <summary>Documents that came again under another id: they would be in the index twice.</summary>
    public long Duplicates => Volatile.Read(ref _duplicates);

    /// <summary>Documents without a sequence number, or with one that was never sent.</summary>
    public long Strangers => Volatile.Read(ref _strangers);

    /// <summary>How many of the first <paramref name="count"/> numbers have not arrived.</summary>
    public long Missing(long count) => _ids.AsSpan(0, (int)count).Count(0u);

    /// <summary>Adds the counts of one request.</summary>
    public void Add(in Tally tally)
    {
        Interlocked.Add(ref _created, tally.Created);
        Interlocked.Add(ref _conflicts, tally.Conflicts);
        Interlocked.Add(ref _duplicates, tally.Duplicates);
        Interlocked.Add(ref _strangers, tally.Strangers);
    }

    /// <summary>Judges one document, counts it in the tally and returns its status. 0 as the hash: no id was sent.</summary>
    public int Judge(long sequence, uint idHash, ref Tally tally)
    {
        if ((ulong)sequence >= (ulong)_ids.Length)
        {
            tally.Strangers++;
            return 201;
        }

        var known = Interlocked.CompareExchange(ref _ids[sequence], idHash == 0 ? NoId : idHash, 0);
        if (known == 0)
        {
            tally.Created++;
            return 201;
        }

        if (known == idHash)
        {
            tally.Conflicts++;
            return 409;
        }

        tally.Duplicates++;
        return 201;
    }

    private const uint NoId = 1;

    /// <summary>The counts of one request, added to the ledger at its end so that connections don't contend for each document.</summary>
    internal struct Tally
    {
        public long Created;
        public long Conflicts;
        public long Duplicates;
        public long Strangers;
    }
}
