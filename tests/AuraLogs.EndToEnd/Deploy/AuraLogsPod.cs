using System.Text.Json.Nodes;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>The container of AuraLogs' StatefulSet, with what Kubernetes would resolve for it.</summary>
internal sealed class AuraLogsPod(JsonNode container)
{
    public const string SecretValue = "a secret of this test";

    /// <summary>The environment; a reference to a Secret is resolved to <see cref="SecretValue"/>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; } =
        Manifests.Items(container["env"]).ToDictionary(
            variable => (string)variable["name"]!,
            variable => (string?)variable["value"] ?? (variable["valueFrom"]?["secretKeyRef"] is not null ? SecretValue : throw new InvalidDataException(variable.ToJsonString())));

    public IReadOnlyList<string> Arguments { get; } = [.. Manifests.Items(container["args"]).Select(argument => (string)argument!)];

    public int Port(string name) =>
        (int)Assert.Single(Manifests.Items(container["ports"]), port => (string?)port["name"] == name)["containerPort"]!;

    public IEnumerable<string> MountPaths => Manifests.Items(container["volumeMounts"]).Select(mount => (string)mount["mountPath"]!);

    public static async Task<AuraLogsPod> RenderAsync(string profile) => Of(await Chart.RenderAsync(profile));

    public static AuraLogsPod Of(Manifests manifests) =>
        new(Assert.Single(Manifests.Containers(manifests.Get("StatefulSet", Chart.Release)["spec"]!["template"]!)));
}
