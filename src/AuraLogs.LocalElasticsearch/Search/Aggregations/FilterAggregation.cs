using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Search.Queries;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary><c>filter</c> and <c>missing</c>: one bucket.</summary>
internal sealed class FilterAggregation(Query filter) : Aggregation
{
    public override JsonObject Compute(IReadOnlyList<Match> matches)
    {
        List<Match> kept = [.. matches.Select(match => match.Where(filter))];
        return Bucket([], kept.Sum(match => (long)match.Docs.Count), () => kept);
    }
}
