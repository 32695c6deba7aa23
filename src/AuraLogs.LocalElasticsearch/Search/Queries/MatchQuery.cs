using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary><c>match</c>: words of a text, one of them or all; on other types like <c>term</c>.</summary>
internal sealed class MatchQuery(string field, string text) : Query
{
    /// <summary><c>operator</c>: <c>and</c>.</summary>
    public bool NeedsAll { get; init; }

    public string? MinimumShouldMatch { get; init; }

    public bool IsLenient { get; init; }

    /// <summary>The last word may go on: <c>match_bool_prefix</c>.</summary>
    public bool LastIsPrefix { get; init; }

    public override DocSet Match(SearchContext context, ScoreBoard? scores)
    {
        if (context.Mapping.Resolve(field) is not { Field.Family: FieldFamily.Text } resolved)
            return new TermQuery(field, [text]) { IsLenient = IsLenient, Boost = Boost }.Match(context, scores);

        List<DocSet> sets = [];
        List<string> words = FieldValues.Words(resolved.Field, text);
        for (int i = 0; i < words.Count; i++)
        {
            bool isPrefix = LastIsPrefix && i == words.Count - 1;
            DocSet docs = isPrefix
                ? context.Union(resolved.Field.Id, Term.Value, words[i], null)
                : context.Postings(resolved.Field.Id, Term.Value, words[i]);
            scores?.AddTerm(docs, context.Shard.Count, Boost);
            sets.Add(docs);
        }

        int minimum = NeedsAll ? sets.Count : Search.MinimumShouldMatch.Of(MinimumShouldMatch, sets.Count) ?? 1;
        return sets.Count == 0 ? context.None() : BoolQuery.AtLeast(sets, Math.Max(1, minimum), context);
    }

    public override void Highlight(HighlightTerms terms)
    {
        foreach (string word in Words())
            terms.Add(field, found => found == word);
        terms.Add(field, found => found == text);
    }

    private List<string> Words() => FieldValues.Words(new FieldMapping(field, field, 0, "text", []), text);
}
