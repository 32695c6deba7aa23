using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Templates;

/// <summary>Legacy, composable and component templates, and what they make of a new index.</summary>
internal sealed class TemplateCatalog(ClusterStore store)
{
    public const string Legacy = "template";
    public const string Composable = "index_template";
    public const string Component = "component_template";

    /// <summary>
    /// The <c>settings</c>, <c>mappings</c> and <c>aliases</c> for a new index, later ones win: of the composable template with
    /// the highest priority its components in their order and then itself; without one, the legacy templates by <c>order</c>.
    /// </summary>
    public List<JsonObject> LayersFor(string index)
    {
        if (ComposableFor(index) is { } composable)
            return LayersOf(composable.Template);
        return [.. store.All(Legacy)
            .Where(template => Matches(template.Value, index))
            .OrderBy(template => template.Value["order"]?.GetValue<int>() ?? 0)
            .Select(template => template.Value)];
    }

    /// <summary>The composable template that applies to an index.</summary>
    public (string Name, JsonObject Template)? ComposableFor(string index)
    {
        List<(string Name, JsonObject Value)> matching =
            [.. store.All(Composable).Where(template => Matches(template.Value, index)).OrderByDescending(template => PriorityOf(template.Value))];
        return matching.Count == 0 ? null : matching[0];
    }

    /// <summary>A composable template's components, then itself.</summary>
    public List<JsonObject> LayersOf(JsonObject template)
    {
        List<JsonObject> layers = [];
        foreach (string component in Json.Strings(template["composed_of"]))
            if (store.Get(Component, component)?["template"] is JsonObject part)
                layers.Add((JsonObject)part.DeepClone());
        if (template["template"] is JsonObject own)
            layers.Add((JsonObject)own.DeepClone());
        return layers;
    }

    public static long PriorityOf(JsonObject template) => template["priority"]?.GetValue<long>() ?? 0;

    private static bool Matches(JsonObject template, string index) =>
        Json.Strings(template["index_patterns"]).Exists(pattern => Wildcard.IsMatch(pattern, index));
}
