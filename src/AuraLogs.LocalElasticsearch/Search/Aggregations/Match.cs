using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary>The documents of one index that an aggregation, or one of its buckets, is over.</summary>
internal readonly record struct Match(SearchContext Context, DocSet Docs)
{
    /// <summary>Calls back for each of a numeric field's values, with its document.</summary>
    public void VisitNumbers(int field, Action<int, long> visit)
    {
        DocSet docs = Docs;
        Context.Shard.VisitColumn(field, long.MinValue, long.MaxValue, block =>
        {
            for (int i = 0; i < block.Docs.Length; i++)
                if (docs.Contains(block.Docs[i]))
                    visit(block.Docs[i], block.Values[i]);
        });
    }

    /// <summary>Calls back for each of a field's terms, which may come twice, with how many of the documents have it.</summary>
    public void VisitTerms(int field, string? key, Action<string, int> visit)
    {
        DocSet docs = Docs;
        byte[] from = key is null ? Term.Of(field, Term.Value) : Term.Of(field, Term.Keyed, key + "\0");
        int skip = key is null ? 0 : key.Length + 1;
        byte[] to = Term.After(from);
        if (Context.TermSets(from, to) is { } few)
        {
            foreach ((byte[] term, DocSet having) in few.All)
                if (having.CountIn(docs) is > 0 and int count)
                    visit(Term.ValueOf(term)[skip..], count);
            return;
        }

        Context.Shard.VisitTerms(from, to, (term, block) =>
        {
            if (block.CountIn(docs) is > 0 and int count)
                visit(Term.ValueOf(term)[skip..], count);
        });
    }

    /// <summary>Those of the documents that meet a query.</summary>
    public Match Where(Queries.Query query)
    {
        DocSet docs = query.Match(Context, null);
        docs.IntersectWith(Docs);
        return new Match(Context, docs);
    }
}
