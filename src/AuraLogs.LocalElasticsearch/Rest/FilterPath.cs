using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>
/// The parameter <c>filter_path</c>: paths with dots, <c>*</c> for a part of one name and <c>**</c> for any depth;
/// a leading <c>-</c> takes away instead. What an array or object is left without disappears.
/// </summary>
internal static class FilterPath
{
    public static JsonNode? Apply(JsonNode? node, string paths)
    {
        string[] all = paths.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        List<string[]> includes = [.. all.Where(path => path[0] != '-').Select(path => path.Split('.'))];
        List<string[]> excludes = [.. all.Where(path => path[0] == '-').Select(path => path[1..].Split('.'))];
        JsonNode? result = node;
        if (includes.Count > 0)
            result = Include(result, includes);
        if (excludes.Count > 0)
            result = Exclude(result, excludes);
        return result ?? new JsonObject();
    }

    private static JsonNode? Include(JsonNode? node, List<string[]> paths)
    {
        node = Expand(node);
        switch (node)
        {
            case JsonObject from:
                JsonObject kept = [];
                foreach ((string name, JsonNode? value) in from)
                {
                    List<string[]> below = Descend(paths, name);
                    JsonNode? part = below.Exists(path => path.Length == 0) ? value?.DeepClone() : Include(value, below);
                    if (part is not null || (value is null && below.Exists(path => path.Length == 0)))
                        kept[name] = part;
                }

                return kept.Count > 0 ? kept : null;
            case JsonArray from:
                JsonArray items = [];
                foreach (JsonNode? item in from)
                    if (Include(item, paths) is { } part)
                        items.Add(part);
                return items.Count > 0 ? items : null;
            default:
                return null;
        }
    }

    private static JsonNode? Exclude(JsonNode? node, List<string[]> paths)
    {
        node = Expand(node);
        switch (node)
        {
            case JsonObject from:
                JsonObject kept = [];
                foreach ((string name, JsonNode? value) in from)
                {
                    List<string[]> below = Descend(paths, name);
                    if (below.Exists(path => path.Length == 0))
                        continue;
                    kept[name] = below.Count == 0 ? value?.DeepClone() : Exclude(value, below);
                }

                return kept;
            case JsonArray from:
                return new JsonArray([.. from.Select(item => Exclude(item, paths))]);
            default:
                return node?.DeepClone();
        }
    }

    /// <summary>The rests of the paths that match a name; an empty rest means that it is wanted as a whole.</summary>
    private static List<string[]> Descend(List<string[]> paths, string name)
    {
        List<string[]> below = [];
        foreach (string[] path in paths)
        {
            if (path.Length == 0)
                continue;
            if (path[0] == "**")
            {
                below.Add(path);
                if (path.Length == 1)
                    below.Add([]);
                else if (Wildcard.IsMatch(path[1], name))
                    below.Add(path[2..]);
            }
            else if (Wildcard.IsMatch(path[0], name))
            {
                below.Add(path[1..]);
            }
        }

        return below;
    }

    private static JsonNode? Expand(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out RawJson? raw)
            ? JsonNode.Parse(raw.Bytes, documentOptions: new JsonDocumentOptions { MaxDepth = Json.MaxDepth })
            : node;
}
