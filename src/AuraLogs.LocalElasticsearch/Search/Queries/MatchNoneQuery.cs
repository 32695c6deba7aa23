using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary><c>match_none</c>.</summary>
internal sealed class MatchNoneQuery : Query
{
    public override DocSet Match(SearchContext context, ScoreBoard? scores) => context.None();
}
