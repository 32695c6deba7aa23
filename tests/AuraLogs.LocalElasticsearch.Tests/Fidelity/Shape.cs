using System.Text.Json;
using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Tests.Fidelity;

/// <summary>
/// Compares two answers: the same members, the same kinds of values, the same error types, and the same values where a value
/// is a verdict (status, result, found, errors, counts of documents). Identifiers, times and texts of Java may differ.
/// </summary>
internal static class Shape
{
    private static readonly HashSet<string> Verdicts =
    [
        "status", "result", "found", "errors", "type", "_index", "_id", "_version", "acknowledged", "count", "value", "relation", "managed", "phase", "action",
        "step", "policy", "operation_mode", "doc_count", "key", "deleted", "has_failures", "valid", "forced_refresh", "timed_out", "state", "token",
        "index", "alias", "name", "is_write_index", "docs.count", "health",
    ];

    /// <summary>Numbers that depend on what the clock or the storage says, not on the request.</summary>
    private static readonly HashSet<string> Volatile = ["node", "name"];

    /// <summary>What is different first, by its path; null when nothing is.</summary>
    public static string? Difference(JsonNode? expected, JsonNode? actual, string path = "")
    {
        switch (expected)
        {
            case JsonObject members:
                if (actual is not JsonObject others)
                    return $"{path}: an object was expected";
                foreach ((string name, JsonNode? value) in members)
                    if (!others.ContainsKey(name) && !(IsDynamicName(path) && others.Count == members.Count))
                        return $"{path}.{name} is missing";
                    else if (others.ContainsKey(name) && Difference(value, others[name], $"{path}.{name}") is { } below)
                        return below;
                foreach ((string name, _) in others)
                    if (!members.ContainsKey(name) && !IsDynamicName(path))
                        return $"{path}.{name} is too much";
                return null;
            case JsonArray items:
                if (actual is not JsonArray values)
                    return $"{path}: an array was expected";
                if (items.Count != values.Count)
                    return $"{path} has {values.Count} items instead of {items.Count}";
                for (int i = 0; i < items.Count; i++)
                    if (Difference(items[i], values[i], $"{path}[{i}]") is { } below)
                        return below;
                return null;
            default:
                return Scalar(expected, actual, path);
        }
    }

    private static string? Scalar(JsonNode? expected, JsonNode? actual, string path)
    {
        JsonValueKind wanted = Kind(expected), got = Kind(actual);
        if (wanted != got)
            return $"{path} is {got} instead of {wanted}";
        string name = path[(path.LastIndexOf('.') + 1)..];
        bool isVerdict = Verdicts.Contains(name) && !Volatile.Contains(name);
        bool isGeneratedId = name == "_id" && expected?.ToString().Length == 20 && actual?.ToString().Length == 20;
        return isVerdict && !isGeneratedId && expected?.ToJsonString() != actual?.ToJsonString()
            ? $"{path} is {actual?.ToJsonString()} instead of {expected?.ToJsonString()}"
            : null;
    }

    private static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() switch
    {
        null => JsonValueKind.Null,
        JsonValueKind.True or JsonValueKind.False => JsonValueKind.True,
        { } kind => kind,
    };

    /// <summary>Objects keyed by identifiers of the node.</summary>
    private static bool IsDynamicName(string path) => path.EndsWith(".nodes", StringComparison.Ordinal);
}
