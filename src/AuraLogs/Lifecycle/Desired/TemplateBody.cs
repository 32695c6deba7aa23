using System.Text.Json.Nodes;

namespace AuraLogs.Lifecycle.Desired;

/// <summary>
/// The settings and mappings of an index, as a composable template (7.8) or a legacy one
/// (https://www.elastic.co/guide/en/elasticsearch/reference/current/index-templates.html).
/// </summary>
internal static class TemplateBody
{
    /// <summary>Above Elasticsearch's own templates (100 to 200), below what operators use to override others.</summary>
    private const int Priority = 500;

    public static JsonObject Composable(string pattern, JsonObject settings, JsonObject mappings) => new()
    {
        ["index_patterns"] = new JsonArray(pattern),
        ["priority"] = Priority,
        ["template"] = new JsonObject { ["settings"] = settings, ["mappings"] = mappings },
        ["_meta"] = Marks.Meta(),
    };

    /// <summary>A legacy template has no <c>_meta</c>; its mappings do, and hand it on to the indices.</summary>
    public static JsonObject Legacy(string pattern, JsonObject settings, JsonObject mappings)
    {
        mappings["_meta"] = Marks.Meta();
        return new JsonObject
        {
            ["index_patterns"] = new JsonArray(pattern),
            ["order"] = Priority,
            ["settings"] = settings,
            ["mappings"] = mappings,
        };
    }
}
