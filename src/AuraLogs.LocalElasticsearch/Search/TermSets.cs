using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>
/// The documents of each of a field's terms, for one search: an aggregation inside many buckets counts each term in each of them, and
/// then two bitmaps cost less than reading the postings again. Only for fields of few values.
/// </summary>
internal sealed class TermSets
{
    private const int MaxTerms = 256;
    private const long MaxBytes = 64 << 20;

    private readonly Dictionary<byte[], DocSet> _sets = new(TermComparer.Instance);

    private TermSets()
    {
    }

    public IEnumerable<(byte[] Term, DocSet Docs)> All => _sets.Select(entry => (entry.Key, entry.Value));

    /// <summary>The terms between two; null when they are too many.</summary>
    public static TermSets? Read(ShardReader shard, byte[] from, byte[] to)
    {
        TermSets terms = new();
        long most = Math.Min(MaxTerms, MaxBytes / ((shard.NextNumber / 8) + 64));
        var lookup = terms._sets.GetAlternateLookup<ReadOnlySpan<byte>>();
        bool isFull = false;
        shard.VisitTerms(from, to, (term, block) =>
        {
            if (isFull)
                return;
            if (!lookup.TryGetValue(term, out DocSet? docs))
            {
                isFull = terms._sets.Count >= most;
                shard.Budget?.Take((shard.NextNumber >> 3) + 64);
                lookup[term] = docs = new DocSet(shard.NextNumber);
            }

            block.AddTo(docs);
        });
        return isFull ? null : terms;
    }
}
