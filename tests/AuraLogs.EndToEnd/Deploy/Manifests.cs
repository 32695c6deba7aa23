using System.Text.Json.Nodes;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>What the chart rendered, and ways to find one's way in it.</summary>
internal sealed class Manifests(IReadOnlyList<JsonNode> all)
{
    public IReadOnlyList<JsonNode> All { get; } = all;

    public IEnumerable<JsonNode> OfKind(string kind) => All.Where(manifest => (string?)manifest["kind"] == kind);

    public JsonNode Get(string kind, string name) => Assert.Single(OfKind(kind), manifest => NameOf(manifest) == name);

    /// <summary>The text of one key of a ConfigMap.</summary>
    public string ConfigFile(string map, string key) => (string)Get("ConfigMap", map)["data"]![key]!;

    /// <summary>Everything that starts pods, with the pods' template, and pods themselves.</summary>
    public IEnumerable<(string Name, JsonNode Workload, JsonNode Pod)> Workloads() =>
        All.Where(manifest => manifest["spec"]?["template"] is not null || (string?)manifest["kind"] == "Pod")
            .Select(manifest => ($"{manifest["kind"]} {NameOf(manifest)}", manifest, manifest["spec"]!["template"] ?? manifest));

    public static string NameOf(JsonNode manifest) => (string)manifest["metadata"]!["name"]!;

    public static IEnumerable<JsonNode> Items(JsonNode? list) => list?.AsArray().Select(item => item!) ?? [];

    public static IEnumerable<JsonNode> Containers(JsonNode pod) =>
        Items(pod["spec"]!["initContainers"]).Concat(Items(pod["spec"]!["containers"]));
}
