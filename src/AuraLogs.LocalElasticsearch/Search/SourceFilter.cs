using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>Which part of a document goes out as <c>_source</c>: all of it byte for byte, some of it, or none.</summary>
internal sealed class SourceFilter
{
    public static readonly SourceFilter Everything = new();

    private bool _isOff;
    private List<string> _includes = [];
    private List<string> _excludes = [];

    /// <summary>The parameters <c>_source</c>, <c>_source_includes</c>, <c>_source_excludes</c>.</summary>
    public static SourceFilter From(RestRequest request)
    {
        SourceFilter filter = request["_source"] switch
        {
            null or "true" or "" => new SourceFilter(),
            "false" => new SourceFilter { _isOff = true },
            string fields => new SourceFilter { _includes = Json.Strings(fields) },
        };
        filter._includes.AddRange(Json.Strings(request["_source_includes"]));
        filter._excludes.AddRange(Json.Strings(request["_source_excludes"]));
        return filter;
    }

    /// <summary>The body's <c>_source</c>: a flag, a name, names, or <c>{"includes","excludes"}</c>.</summary>
    public static SourceFilter From(JsonNode node) => node switch
    {
        JsonObject both => new SourceFilter
        {
            _includes = Json.Strings(both["includes"] ?? both["include"]),
            _excludes = Json.Strings(both["excludes"] ?? both["exclude"]),
        },
        JsonValue value when Json.Scalar(value) is "true" or "false" => new SourceFilter { _isOff = Json.Scalar(value) == "false" },
        _ => new SourceFilter { _includes = Json.Strings(node) },
    };

    public JsonNode? Apply(byte[] source)
    {
        if (_isOff)
            return null;
        if (_includes.Count == 0 && _excludes.Count == 0)
            return Json.Raw(source);
        return Filter((JsonObject)Json.Parse(source)!, "", _includes.Count == 0) ?? new JsonObject();
    }

    private JsonObject? Filter(JsonObject from, string path, bool isIncluded)
    {
        JsonObject kept = [];
        foreach ((string name, JsonNode? value) in from)
        {
            string full = path.Length == 0 ? name : path + "." + name;
            if (_excludes.Exists(pattern => Wildcard.IsMatch(pattern, full)))
                continue;
            bool included = isIncluded || _includes.Exists(pattern => Wildcard.IsMatch(pattern, full));
            if (Filter(value, full, included) is { } part)
                kept[name] = part.Value;
        }

        return kept.Count > 0 || (isIncluded && from.Count == 0) ? kept : null;
    }

    private Kept? Filter(JsonNode? value, string path, bool isIncluded)
    {
        switch (value)
        {
            case JsonObject below:
                return Filter(below, path, isIncluded) is { } part ? new Kept(part) : null;
            case JsonArray items when items.Any(item => item is JsonObject):
                JsonArray kept = [];
                foreach (JsonNode? item in items)
                    if (Filter(item, path, isIncluded) is { } one)
                        kept.Add(one.Value);
                return kept.Count > 0 ? new Kept(kept) : null;
            default:
                return isIncluded ? new Kept(value?.DeepClone()) : null;
        }
    }

    /// <summary>A value that stays, which may be null.</summary>
    private sealed record Kept(JsonNode? Value);
}
