using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>One criterion of a sort.</summary>
internal sealed record SortKey(string Field, bool IsDescending)
{
    /// <summary><c>_last</c>, <c>_first</c> or a value for documents without one.</summary>
    public string Missing { get; init; } = "_last";

    /// <summary>What an unknown field counts as; without it, an unknown field is an error.</summary>
    public string? UnmappedType { get; init; }

    /// <summary>The format of dates in the answer's <c>sort</c>.</summary>
    public string? Format { get; init; }

    /// <summary>The body's <c>sort</c>: names, <c>{name: order}</c>, <c>{name: {...}}</c>.</summary>
    public static List<SortKey> Parse(JsonNode? node)
    {
        List<SortKey> keys = [];
        foreach (JsonNode? item in node is JsonArray items ? [.. items] : node is null ? [] : new JsonNode?[] { node })
        {
            if (item is JsonObject members)
                foreach ((string field, JsonNode? value) in members)
                    keys.Add(Parse(field, value));
            else
                keys.Add(Named(Json.Scalar(item) ?? "", null));
        }

        return keys;
    }

    /// <summary>The parameter <c>sort</c>: <c>field:desc,other</c>.</summary>
    public static List<SortKey> Parse(string parameter) =>
        [.. Json.Strings(parameter).Select(part => part.Split(':')).Select(part => Named(part[0], part.Length > 1 ? part[1] : null))];

    private static SortKey Parse(string field, JsonNode? value)
    {
        if (value is not JsonObject options)
            return Named(field, Json.Scalar(value));
        return Named(field, Json.Scalar(options["order"])) with
        {
            Missing = Json.Scalar(options["missing"]) ?? "_last",
            UnmappedType = Json.Scalar(options["unmapped_type"]),
            Format = Json.Scalar(options["format"]),
        };
    }

    private static SortKey Named(string field, string? order)
    {
        if (order is not (null or "asc" or "desc"))
            throw Errors.IllegalArgument($"Unknown SortOrder [{order}]");
        return new SortKey(field, order is null ? field == "_score" : order == "desc");
    }
}
