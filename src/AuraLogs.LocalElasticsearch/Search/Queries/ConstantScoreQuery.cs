using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary><c>constant_score</c>: a filter, every match of which scores the same.</summary>
internal sealed class ConstantScoreQuery(Query filter) : Query
{
    public override DocSet Match(SearchContext context, ScoreBoard? scores)
    {
        DocSet docs = filter.Match(context, null);
        scores?.Add(docs, Boost);
        return docs;
    }

    public override void Highlight(HighlightTerms terms) => filter.Highlight(terms);
}
