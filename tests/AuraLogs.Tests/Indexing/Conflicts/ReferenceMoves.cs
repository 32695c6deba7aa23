using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AuraLogs.Tests.Indexing.Conflicts;

/// <summary>What moving fields has to give, worked out on trees of nodes.</summary>
internal static class ReferenceMoves
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document with the fields of these keys moved, one after the other; a key is a path with <c>(empty)</c> for parts that are blank.</summary>
    public static JsonObject Move(JsonObject document, IReadOnlyList<string> keys)
    {
        var left = document.DeepClone().AsObject();
        var texts = new JsonObject();
        foreach (var key in keys)
        {
            List<JsonNode?> values = [];
            left = Object(left, "", key, values);
            texts[key] = Text(values);
        }

        if (keys.Count == 0)
            return left;
        left["conflict"] = texts;
        left["conflict_fields"] = new JsonArray([.. keys.Select(key => (JsonNode)key)]);
        return left;
    }

    /// <summary>Equal whatever the order of the members, and with the moved texts compared as what they say.</summary>
    public static bool AreEqual(JsonObject one, JsonObject other) => JsonNode.DeepEquals(Parsed(one), Parsed(other));

    private static JsonObject Parsed(JsonObject document)
    {
        var copy = document.DeepClone().AsObject();
        if (copy["conflict"] is JsonObject moved)
            copy["conflict"] = new JsonObject(moved.Select(field => KeyValuePair.Create(field.Key, JsonNode.Parse((string)field.Value!))));
        return copy;
    }

    private static JsonObject Object(JsonObject source, string prefix, string moved, List<JsonNode?> values)
    {
        var copy = new JsonObject();
        foreach (var (name, value) in source)
        {
            var path = prefix.Length == 0 ? name : prefix + "." + name;
            var key = string.Join('.', path.Split('.').Select(part => string.IsNullOrWhiteSpace(part) ? "(empty)" : part));
            if (key == moved)
                values.Add(value);
            else
                copy[name] = Value(value, path, moved, values);
        }

        return copy;
    }

    private static JsonNode? Value(JsonNode? value, string path, string moved, List<JsonNode?> values) => value switch
    {
        JsonObject below => Object(below, path, moved, values),
        JsonArray list => new JsonArray([.. list.Select(item => Value(item, path, moved, values))]),
        _ => value?.DeepClone(),
    };

    private static string Text(List<JsonNode?> values) =>
        values.Count == 1 ? JsonSerializer.Serialize(values[0], Relaxed) : JsonSerializer.Serialize(values, Relaxed);
}
