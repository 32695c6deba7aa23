using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary><c>match_all</c>.</summary>
internal sealed class MatchAllQuery : Query
{
    public override DocSet Match(SearchContext context, ScoreBoard? scores)
    {
        DocSet all = context.All();
        scores?.Add(all, Boost);
        return all;
    }
}
