using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>The chart as helm renders it and kubectl reads it.</summary>
internal static class Chart
{
    public const string Release = "aura-logs";
    public const string Namespace = "logging";

    private static readonly ConcurrentDictionary<string, Lazy<Task<Manifests>>> Rendered = new();

    public static string Folder { get; } = Repository.PathOf("deploy", "helm", "aura-logs");

    /// <summary>The example profiles, which together use every switch.</summary>
    public static TheoryData<string> Profiles => ["small", "platform", "everything", "alternatives", "external", "migration"];

    /// <summary>The manifests of a profile, rendered once for all tests.</summary>
    public static Task<Manifests> RenderAsync(string profile) =>
        Rendered.GetOrAdd(profile, name => new(() => RenderAsync(Folder, ["--values", ProfileFile(name)]))).Value;

    public static async Task<Manifests> RenderAsync(string chart, string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "manifests.yaml");
        await File.WriteAllTextAsync(file, await TemplateAsync(chart, arguments));
        return new Manifests(await ReadAsync(file));
    }

    public static Task<string> TemplateAsync(string chart, string[] arguments) =>
        Script.RunAsync("helm", ["template", Release, chart, "--namespace", Namespace, .. arguments]);

    public static string ProfileFile(string profile) => Path.Combine(Folder, "ci", $"{profile}-values.yaml");

    /// <summary>kubectl has no command that only reads; this one adds an annotation to what it has read and prints it.</summary>
    private static async Task<List<JsonNode>> ReadAsync(string file)
    {
        var printed = await Script.RunAsync(
            "kubectl", ["annotate", "--local", "--filename", file, "--output", "json", "--dry-run=client", "read-by=kubectl"]);
        var manifests = new List<JsonNode>();
        var text = new StringBuilder();
        foreach (var line in printed.Split('\n'))
        {
            text.AppendLine(line);
            if (line != "}")
                continue;
            manifests.Add(JsonNode.Parse(text.ToString())!);
            text.Clear();
        }

        return manifests;
    }
}
