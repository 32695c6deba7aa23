using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary><c>multi_match</c>: <c>match</c> on several fields, named or by pattern, or on all.</summary>
internal sealed class MultiMatchQuery(string text) : Query
{
    public List<string> Fields { get; init; } = [];

    /// <summary><c>best_fields</c>, <c>most_fields</c>, <c>cross_fields</c>, <c>phrase</c>, <c>phrase_prefix</c>, <c>bool_prefix</c>.</summary>
    public string Type { get; init; } = "best_fields";

    public bool NeedsAll { get; init; }

    public string? MinimumShouldMatch { get; init; }

    public bool IsLenient { get; init; }

    public override DocSet Match(SearchContext context, ScoreBoard? scores)
    {
        DocSet docs = context.None();
        foreach (string field in AllFields.Expand(context.Mapping, Fields))
            docs.UnionWith(On(field).Match(context, scores));
        return docs;
    }

    public override void Highlight(HighlightTerms terms)
    {
        foreach (string field in Fields.Count == 0 ? ["*"] : Fields)
            On(field).Highlight(terms);
    }

    private Query On(string field)
    {
        bool isLenient = IsLenient || Fields.Count == 0 || Fields.Exists(Wildcard.IsPattern);
        return Type is "phrase" or "phrase_prefix"
            ? new PhraseQuery(field, text) { IsLenient = isLenient, LastIsPrefix = Type == "phrase_prefix" }
            : new MatchQuery(field, text)
            {
                NeedsAll = NeedsAll,
                MinimumShouldMatch = MinimumShouldMatch,
                IsLenient = isLenient,
                LastIsPrefix = Type == "bool_prefix",
            };
    }
}
