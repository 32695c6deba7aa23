using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>One index during one search.</summary>
internal sealed class SearchContext(LocalIndex index, ShardReader reader, DateTimeOffset now, int visibleBefore = int.MaxValue)
{
    private readonly Dictionary<byte[], TermSets?> _termSets = new(TermComparer.Instance);

    public LocalIndex Index { get; } = index;

    /// <summary>The index as it was when the search began; open until all is found, closed when the documents are read.</summary>
    public ShardReader Shard { get; } = reader;

    public IndexMapping Mapping { get; } = index.Mapping;

    /// <summary>What <c>now</c> means, the same in every part of a search.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>The documents from this number on came after the point in time that is searched.</summary>
    public int VisibleBefore { get; } = visibleBefore;

    /// <summary>The terms between two with their documents, kept for the next who asks; null when they are too many for that.</summary>
    public TermSets? TermSets(byte[] from, byte[] to)
    {
        if (!_termSets.TryGetValue(from, out TermSets? sets))
            _termSets[from] = sets = Search.TermSets.Read(Shard, from, to);
        return sets;
    }

    /// <summary>All documents that can be found.</summary>
    public DocSet All()
    {
        TakeSet();
        DocSet all = Shard.Live.Clone();
        if (VisibleBefore < Shard.NextNumber)
            all.IntersectWith(DocSet.All(VisibleBefore));
        return all;
    }

    public DocSet None()
    {
        TakeSet();
        return new DocSet(Shard.NextNumber);
    }

    private void TakeSet() => Shard.Budget?.Take((Shard.NextNumber >> 3) + 32);

    /// <summary>The documents of a term, also deleted ones.</summary>
    public DocSet Postings(int field, byte kind, string value = "")
    {
        DocSet docs = None();
        Shard.AddTo(docs, Term.Of(field, kind, value));
        return docs;
    }

    /// <summary>The documents of all values of a field that a predicate accepts.</summary>
    public DocSet Union(int field, byte kind, string prefix, Func<string, bool>? accepts)
    {
        DocSet docs = None();
        byte[] from = Term.Of(field, kind, prefix);
        Shard.VisitTerms(from, Term.After(from), (term, block) =>
        {
            if (accepts is null || accepts(Term.ValueOf(term)))
                block.AddTo(docs);
        });
        return docs;
    }

    /// <summary>The documents with a number between two, both included.</summary>
    public DocSet NumbersBetween(int field, long low, long high)
    {
        DocSet docs = None();
        if (low > high)
            return docs;
        Shard.VisitColumn(field, low, high, block =>
        {
            ReadOnlySpan<long> values = block.Values;
            for (int i = 0; i < values.Length; i++)
                if (values[i] >= low && values[i] <= high)
                    docs.Add(block.Docs[i]);
        });
        return docs;
    }
}
