using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary>The aggregations that are known, from their JSON.</summary>
internal static class AggregationParser
{
    public static Aggregation Parse(string name, string type, JsonObject body, AggregationTree inner, ElasticsearchVersion version)
    {
        if (body["script"] is not null)
            throw Errors.IllegalArgument("scripts are not supported by the local Elasticsearch");
        CheckMembers(type, body);
        string? field = Json.Scalar(body["field"]);
        switch (type)
        {
            case "min" or "max" or "avg" or "sum" or "stats" or "value_count":
                return new MetricAggregation(type) { Field = Required(field, type) };
            case "cardinality":
                return new CardinalityAggregation { Field = Required(field, type) };
            case "percentiles":
                return new PercentilesAggregation(body["percents"] as JsonArray) { Field = Required(field, type) };
            case "terms":
                return new TermsAggregation(body) { Field = Required(field, type), Inner = inner };
            case "date_histogram":
                return new DateHistogramAggregation(body, Interval(body, version)) { Field = Required(field, type), Inner = inner };
            case "histogram":
                return new HistogramAggregation(body) { Field = Required(field, type), Inner = inner };
            case "range" or "date_range":
                return new RangeAggregation(body, type == "date_range") { Field = Required(field, type), Inner = inner };
            case "missing":
                return new FilterAggregation(new Queries.BoolQuery { MustNot = [new Queries.ExistsQuery(Required(field, type))] }) { Inner = inner };
            case "filter":
                return new FilterAggregation(new QueryParser(version).Parse(body)) { Inner = inner };
            case "filters":
                return new FiltersAggregation(body, version) { Inner = inner };
            default:
                throw new ElasticsearchException(400, "parsing_exception", $"Unknown aggregation type [{type}] in [{name}]")
                {
                    Details = new JsonObject { ["line"] = 1, ["col"] = 1 },
                };
        }
    }

    /// <summary>A member that would change the answer and is not understood is refused by its name.</summary>
    private static void CheckMembers(string type, JsonObject body)
    {
        string? known = type switch
        {
            "min" or "max" or "avg" or "sum" or "stats" or "value_count" or "missing" => "field",
            "cardinality" => "field precision_threshold",
            "percentiles" => "field percents tdigest",
            "terms" => "field size min_doc_count missing order include exclude shard_size shard_min_doc_count show_term_doc_count_error"
                + " collect_mode execution_hint",
            "date_histogram" => "field interval fixed_interval calendar_interval time_zone min_doc_count offset format keyed extended_bounds",
            "histogram" => "field interval min_doc_count offset",
            "range" or "date_range" => "field ranges keyed format time_zone",
            "filters" => "filters other_bucket other_bucket_key",
            _ => null,
        };
        foreach ((string member, JsonNode? value) in body)
            if (known?.Split(' ').Contains(member) == false && value is not null)
                throw Errors.NotSupported($"{type}.{member}");
    }

    public static double Number(JsonNode? node, double otherwise) =>
        Json.Scalar(node) is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : otherwise;

    private static string Required(string? field, string type) => field
        ?? throw Errors.IllegalArgument($"Required one of fields [field, script], but none were specified. [{type}]");

    /// <summary>One of three members; the oldest, <c>interval</c>, went away with 8.0.</summary>
    private static string Interval(JsonObject body, ElasticsearchVersion version)
    {
        string? interval = Json.Scalar(body["fixed_interval"]) ?? Json.Scalar(body["calendar_interval"]);
        if (interval is null && version.HasTypes)
            interval = Json.Scalar(body["interval"]);
        return interval ?? throw Errors.IllegalArgument("Invalid interval specified, must be non-null and non-empty");
    }
}
