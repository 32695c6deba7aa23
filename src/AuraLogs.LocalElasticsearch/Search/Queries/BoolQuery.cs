using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary><c>bool</c>: all of must and filter, none of must_not, and enough of should.</summary>
internal sealed class BoolQuery : Query
{
    public List<Query> Must { get; init; } = [];

    public List<Query> Filter { get; init; } = [];

    public List<Query> Should { get; init; } = [];

    public List<Query> MustNot { get; init; } = [];

    /// <summary>Null: one when there is neither must nor filter, else none.</summary>
    public string? MinimumShouldMatch { get; init; }

    public override DocSet Match(SearchContext context, ScoreBoard? scores)
    {
        DocSet? result = null;
        foreach (Query query in Must)
            Intersect(ref result, query.Match(context, scores));
        foreach (Query query in Filter)
            Intersect(ref result, query.Match(context, null));
        if (Should.Count > 0)
        {
            int minimum = Search.MinimumShouldMatch.Of(MinimumShouldMatch, Should.Count) ?? (Must.Count + Filter.Count == 0 ? 1 : 0);
            List<DocSet> matches = [.. Should.Select(query => query.Match(context, scores))];
            if (minimum > 0)
                Intersect(ref result, AtLeast(matches, minimum, context));
        }

        result ??= context.All();
        foreach (Query query in MustNot)
            result.ExceptWith(query.Match(context, null));
        if (scores is not null && Must.Count + Should.Count == 0)
            scores.Add(result, Filter.Count > 0 ? 0 : 1);
        return result;
    }

    public override void Highlight(HighlightTerms terms)
    {
        foreach (Query query in Must.Concat(Filter).Concat(Should))
            query.Highlight(terms);
    }

    /// <summary>The documents in at least so many of the sets.</summary>
    public static DocSet AtLeast(List<DocSet> sets, int minimum, SearchContext context)
    {
        if (minimum > sets.Count)
            return context.None();
        DocSet union = context.None();
        foreach (DocSet set in sets)
            union.UnionWith(set);
        if (minimum <= 1)
            return union;
        DocSet result = context.None();
        foreach (int doc in union.Members())
        {
            int count = 0;
            foreach (DocSet set in sets)
                if (set.Contains(doc))
                    count++;
            if (count >= minimum)
                result.Add(doc);
        }

        return result;
    }

    private static void Intersect(ref DocSet? result, DocSet set)
    {
        if (result is null)
            result = set.Clone();
        else
            result.IntersectWith(set);
    }
}
