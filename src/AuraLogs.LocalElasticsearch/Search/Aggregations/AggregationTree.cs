using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary>Aggregations by name, as they stand side by side in a request or in a bucket.</summary>
internal sealed class AggregationTree
{
    public static readonly AggregationTree Empty = new();

    private const int MaxDepth = 20;

    private readonly List<(string Name, Aggregation Aggregation)> _aggregations = [];

    public bool IsEmpty => _aggregations.Count == 0;

    public static AggregationTree Parse(JsonObject aggregations, ElasticsearchVersion version, int depth = 0)
    {
        if (depth > MaxDepth)
            throw Errors.IllegalArgument($"aggregations are nested more than [{MaxDepth}] deep");
        AggregationTree tree = new();
        foreach ((string name, JsonNode? node) in aggregations)
        {
            JsonObject definition = node as JsonObject
                ?? throw Errors.Parsing($"Aggregation definition for [{name}] starts with a [VALUE_STRING], expected a [START_OBJECT].");
            AggregationTree inner = Parse((definition["aggs"] ?? definition["aggregations"]) as JsonObject ?? [], version, depth + 1);
            (string type, JsonNode? body) = definition.FirstOrDefault(member => member.Key is not ("aggs" or "aggregations" or "meta"));
            if (type is null)
                throw Errors.Parsing($"Missing definition for aggregation [{name}]");
            tree._aggregations.Add((name, AggregationParser.Parse(name, type, body as JsonObject ?? [], inner, version)));
        }

        return tree;
    }

    public void Check(SearchContext context)
    {
        foreach ((_, Aggregation aggregation) in _aggregations)
            aggregation.Check(context);
    }

    public JsonObject Compute(IReadOnlyList<(SearchContext Context, DocSet Docs)> matches) =>
        Compute([.. matches.Select(match => new Match(match.Context, match.Docs))]);

    public JsonObject Compute(IReadOnlyList<Match> matches)
    {
        JsonObject results = [];
        foreach ((string name, Aggregation aggregation) in _aggregations)
            results[name] = aggregation.Compute(matches);
        return results;
    }
}
