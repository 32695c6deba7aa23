using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>
/// A JSON object as paths and texts, which is how two of them are compared. It makes equal what Elasticsearch takes as equal:
/// <c>{"a":{"b":1}}</c> and <c>{"a.b":"1"}</c>, <c>["x"]</c> and <c>"x"</c>, <c>true</c> and <c>"true"</c>.
/// An empty object is a field of its own, <c>{}</c>, because an action is often just that.
/// </summary>
internal sealed class Fields
{
    private readonly SortedDictionary<string, string> _texts = new(StringComparer.Ordinal);

    public Fields(JsonObject json)
    {
        foreach (var (key, value) in json)
            Add(key, value);
    }

    public string? this[string path] => _texts.GetValueOrDefault(path);

    /// <summary>Leaves out what Elasticsearch adds and nobody asked for.</summary>
    public void Drop(Func<string, string, bool> field)
    {
        foreach (var path in _texts.Where(text => field(text.Key, text.Value)).Select(text => text.Key).ToList())
            _texts.Remove(path);
    }

    /// <summary>Takes the default that Elasticsearch wrote into an empty object out again.</summary>
    public void Empty(string path, string defaultField, string defaultText)
    {
        if (_texts.TryGetValue($"{path}.{defaultField}", out var text) && text == defaultText && _texts.Remove($"{path}.{defaultField}"))
            _texts[path] = "{}";
    }

    /// <summary>Writes <paramref name="prefix"/><c>number_of_shards</c> as <paramref name="prefix"/><c>index.number_of_shards</c>.</summary>
    public void PutIndexFirst(string prefix)
    {
        foreach (var path in _texts.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).ToList())
        {
            if (path.AsSpan(prefix.Length).StartsWith("index.", StringComparison.Ordinal))
                continue;
            _texts.Remove(path, out var text);
            _texts[$"{prefix}index.{path[prefix.Length..]}"] = text!;
        }
    }

    /// <param name="desired">What should be there.</param>
    /// <param name="onlyDesired">Whether further fields in this are nobody's business.</param>
    public IReadOnlyList<FieldDifference> DifferencesTo(Fields desired, bool onlyDesired = false)
    {
        IEnumerable<string> paths = onlyDesired ? desired._texts.Keys : _texts.Keys.Union(desired._texts.Keys).Order(StringComparer.Ordinal);
        return [.. paths
            .Where(path => this[path] != desired[path])
            .Select(path => new FieldDifference(path, this[path], desired[path]))];
    }

    private void Add(string path, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } json:
                foreach (var (key, value) in json)
                    Add($"{path}.{key}", value);
                break;
            case JsonObject:
                _texts[path] = "{}";
                break;
            case JsonArray array when array.All(item => item is JsonValue):
                _texts[path] = string.Join(", ", array.Select(Text));
                break;
            case JsonArray array:
                for (var i = 0; i < array.Count; i++)
                    Add(string.Create(CultureInfo.InvariantCulture, $"{path}.{i}"), array[i]);
                break;
            case null:
                break;
            default:
                _texts[path] = Text(node);
                break;
        }
    }

    private static string Text(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        null => "null",
        _ => value.ToJsonString(),
    };
}
