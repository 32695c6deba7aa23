using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Search.Queries;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary><c>filters</c>: a bucket a query, named or in order, and one for the rest when asked.</summary>
internal sealed class FiltersAggregation : Aggregation
{
    private readonly List<(string? Name, Query Query)> _filters = [];
    private readonly string? _other;

    public FiltersAggregation(JsonObject body, ElasticsearchVersion version)
    {
        QueryParser parser = new(version);
        if (body["filters"] is JsonArray unnamed)
            _filters.AddRange(unnamed.Select(query => ((string?)null, parser.Parse(query))));
        else
            foreach ((string name, JsonNode? query) in body["filters"] as JsonObject ?? throw Errors.IllegalArgument("[filters] cannot be null"))
                _filters.Add((name, parser.Parse(query)));
        _other = Json.Scalar(body["other_bucket_key"]) ?? (Json.Flag(body["other_bucket"]) == true ? "_other_" : null);
    }

    public override JsonObject Compute(IReadOnlyList<Match> matches)
    {
        JsonObject named = [];
        JsonArray ordered = [];
        foreach ((string? name, Query query) in _filters)
            Add(name, query);
        if (_other is not null)
            Add(_filters.Exists(filter => filter.Name is null) ? null : _other, new BoolQuery { MustNot = [.. _filters.Select(filter => filter.Query)] });
        return new JsonObject { ["buckets"] = ordered.Count > 0 ? ordered : named };

        void Add(string? name, Query query)
        {
            List<Match> kept = [.. matches.Select(match => match.Where(query))];
            JsonObject bucket = Bucket([], kept.Sum(match => (long)match.Docs.Count), () => kept);
            if (name is null)
                ordered.Add(bucket);
            else
                named[name] = bucket;
        }
    }
}
