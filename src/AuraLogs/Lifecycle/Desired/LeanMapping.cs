using System.Text.Json.Nodes;

namespace AuraLogs.Lifecycle.Desired;

/// <summary>
/// The mapping for <see cref="IndexMapping.Lean"/>. Each string is indexed once instead of twice: messages as words, all others as whole
/// values. What dashboards made for Fluent Bit's indices sort, filter and count by keeps its <c>.keyword</c>: a field alias
/// can't have that name, because <c>pod_name</c> would have to be a value and an object (<c>Type [alias] cannot be used in multi field</c>),
/// and a second keyword of so few different values costs little.
/// </summary>
internal static class LeanMapping
{
    /// <summary>The fields, anywhere in a document, that hold sentences: Fluent Bit's, and what loggers call theirs.</summary>
    private static readonly string[] Messages = ["log", "message", "msg", "stack_trace"];

    /// <summary>What Fluent Bit's Kubernetes filter adds and dashboards count by.</summary>
    private static readonly string[] Metadata = ["namespace_name", "pod_name", "container_name", "container_image", "host"];

    /// <summary>A longer value is stored and not searchable: Lucene takes no term over 32,766 bytes.</summary>
    private const int IgnoreAbove = 1024;

    public static void AddSettings(JsonObject settings) => settings["index.codec"] = "best_compression";

    /// <summary>Adds to what every mapping has.</summary>
    public static void AddMappings(JsonObject mappings, ClusterFeatures features)
    {
        var properties = mappings["properties"]!.AsObject();
        foreach (var message in Messages)
            properties[message] = Message(features);
        properties["stream"] = Twice();
        var kubernetes = properties["kubernetes"]!["properties"]!.AsObject();
        foreach (var field in Metadata)
            kubernetes[field] = Twice();

        var templates = new JsonArray();
        foreach (var message in Messages)
            templates.Add(ForStrings(message, message, Message(features)));
        templates.Add(ForStrings("strings", "*", Whole()));
        mappings["dynamic_templates"] = templates;
    }

    /// <summary>
    /// <c>match_only_text</c> (7.14) finds phrases in the stored document, so that the index holds no positions. Before, a text without
    /// positions refuses phrases, which is what Kibana asks for when something is quoted: they stay, and only norms, for scores, go.
    /// </summary>
    private static JsonObject Message(ClusterFeatures features) => features.MatchOnlyText
        ? new JsonObject { ["type"] = "match_only_text" }
        : new JsonObject { ["type"] = "text", ["norms"] = false };

    private static JsonObject Whole() => new() { ["type"] = "keyword", ["ignore_above"] = IgnoreAbove };

    private static JsonObject Twice()
    {
        var field = Whole();
        field["fields"] = new JsonObject { ["keyword"] = Whole() };
        return field;
    }

    private static JsonObject ForStrings(string name, string match, JsonObject mapping) => new()
    {
        [name] = new JsonObject { ["match"] = match, ["match_mapping_type"] = "string", ["mapping"] = mapping },
    };
}
