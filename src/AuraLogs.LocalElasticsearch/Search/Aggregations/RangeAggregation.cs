using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Search.Queries;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary><c>range</c> and <c>date_range</c>: from, included, to, excluded.</summary>
internal sealed class RangeAggregation(JsonObject body, bool isDate) : Aggregation
{
    public override JsonObject Compute(IReadOnlyList<Match> matches)
    {
        JsonArray ordered = [];
        JsonObject keyed = [];
        foreach (JsonNode? item in body["ranges"] as JsonArray ?? throw Errors.IllegalArgument("No [ranges] specified for the aggregation"))
        {
            string? from = Json.Scalar(item!["from"]), to = Json.Scalar(item["to"]);
            RangeQuery query = new(Field!)
            {
                Low = from,
                High = to,
                IncludesHigh = false,
                Format = Json.Scalar(body["format"]),
                TimeZone = Json.Scalar(body["time_zone"]),
            };
            List<Match> kept = [.. matches.Select(match => match.Where(query))];
            JsonObject members = Describe(matches, Json.Scalar(item["key"]), from, to);
            string name = Json.Scalar(members["key"])!;
            JsonObject bucket = Bucket(members, kept.Sum(match => (long)match.Docs.Count), () => kept);
            if (Json.Flag(body["keyed"]) == true)
                keyed[name] = bucket;
            else
                ordered.Add(bucket);
        }

        return new JsonObject { ["buckets"] = ordered.Count > 0 ? ordered : keyed };
    }

    private JsonObject Describe(IReadOnlyList<Match> matches, string? key, string? from, string? to)
    {
        JsonObject bounds = [];
        string low = AddBound(bounds, "from", from, matches), high = AddBound(bounds, "to", to, matches);
        JsonObject members = new() { ["key"] = key ?? $"{low}-{high}" };
        foreach ((string name, JsonNode? value) in bounds)
            members[name] = value?.DeepClone();
        return members;
    }

    private string AddBound(JsonObject json, string name, string? bound, IReadOnlyList<Match> matches)
    {
        if (bound is null)
            return "*";
        if (!isDate)
        {
            double number = AggregationParser.Number(bound, 0);
            json[name] = number;
            return number == Math.Floor(number) ? number.ToString("0.0", CultureInfo.InvariantCulture) : number.ToString(CultureInfo.InvariantCulture);
        }

        if (matches.Count == 0 || matches[0].Context.Mapping.Field(Field!) is not { Family: FieldFamily.Date } field)
            return bound;
        DateFormat format = Json.Scalar(body["format"]) is { } text ? DateFormat.Parse(text) : field.DateFormat;
        long millis = FieldValues.Date(matches[0].Context, field, bound, roundUp: false, format);
        string formatted = format.Format(millis);
        json[name] = (double)millis;
        json[name + "_as_string"] = formatted;
        return formatted;
    }
}
