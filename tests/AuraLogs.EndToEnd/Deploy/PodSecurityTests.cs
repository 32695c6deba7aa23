using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>
/// Kubernetes' Pod Security Standard "restricted", as kubernetes.io/docs/concepts/security/pod-security-standards has it for Linux: which of the
/// chart's pods need more. deploy/README.md has the table; deploy/lab asks a real API server the same.
/// </summary>
public sealed partial class PodSecurityTests
{
    private static readonly string[] RestrictedVolumes = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];

    [FactWith("helm", "kubectl")]
    public async Task The_pods_that_need_more_than_restricted_are_those_of_the_table_for_its_reasons()
    {
        var table = Row().Matches(await File.ReadAllTextAsync(Repository.PathOf("deploy", "README.md")))
            .ToDictionary(row => row.Groups["component"].Value, row => row.Groups["needs"].Value);

        var found = await ViolationsAsync("everything");

        Assert.Equal(table.Keys.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        Assert.All(found, pod => Assert.All(pod.Value, violation => Assert.Contains(violation, table[pod.Key], StringComparison.Ordinal)));
    }

    [FactWith("helm", "kubectl")]
    public async Task Without_the_three_everything_else_fits_a_restricted_namespace()
    {
        Assert.Empty(await ViolationsAsync("everything", "fluent_bit.enabled=false,node_exporter.enabled=false,elasticsearch.set_max_map_count=false"));
    }

    private static async Task<Dictionary<string, List<string>>> ViolationsAsync(string profile, string set = "global.none=true")
    {
        var manifests = await Chart.RenderAsync(Chart.Folder, ["--values", Chart.ProfileFile(profile), "--set", set]);
        return manifests.Workloads()
            .Select(workload => (Component: (string)workload.Pod["metadata"]!["labels"]!["app.kubernetes.io/name"]!, Violations: Violations(workload.Pod["spec"]!).Distinct().ToList()))
            .Where(pod => pod.Violations.Count > 0)
            .ToDictionary(pod => pod.Component, pod => pod.Violations);
    }

    private static IEnumerable<string> Violations(JsonNode pod)
    {
        foreach (var field in new[] { "hostNetwork", "hostPID", "hostIPC" }.Where(field => (bool?)pod[field] == true))
            yield return field;
        foreach (var volume in Manifests.Items(pod["volumes"]).Select(volume => volume.AsObject().Select(pair => pair.Key).Single(key => key != "name")))
        {
            if (!RestrictedVolumes.Contains(volume))
                yield return volume;
        }

        foreach (var container in Manifests.Items(pod["initContainers"]).Concat(Manifests.Items(pod["containers"])))
        {
            var security = container["securityContext"]!;
            var capabilities = security["capabilities"];
            if ((bool?)security["privileged"] == true)
                yield return "privileged";
            else if ((bool?)security["allowPrivilegeEscalation"] != false)
                yield return "allowPrivilegeEscalation";
            else if (!Manifests.Items(capabilities?["drop"]).Any(name => (string?)name == "ALL"))
                yield return "drop ALL";
            foreach (var added in Manifests.Items(capabilities?["add"]).Select(name => (string)name!).Where(name => name != "NET_BIND_SERVICE"))
                yield return added;
            if ((int?)(security["runAsUser"] ?? pod["securityContext"]?["runAsUser"]) == 0 || (bool?)(security["runAsNonRoot"] ?? pod["securityContext"]?["runAsNonRoot"]) != true)
                yield return "root";
            if ((string?)(security["seccompProfile"] ?? pod["securityContext"]?["seccompProfile"])?["type"] is not ("RuntimeDefault" or "Localhost"))
                yield return "seccomp";
        }
    }

    [GeneratedRegex(@"^\| `(?<component>[a-z-]+)` \| (?<needs>[^|]+) \| [^|]+ \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
