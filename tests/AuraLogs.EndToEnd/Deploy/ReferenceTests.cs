using System.Text.Json.Nodes;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>What one manifest says of another holds: the API takes a wrong name without a word, and nothing works.</summary>
public sealed class ReferenceTests
{
    public static TheoryData<string> Profiles => Chart.Profiles;

    [TheoryWith("helm", "kubectl")]
    [MemberData(nameof(Profiles))]
    public async Task Names_of_objects_are_unique_within_their_kind(string profile)
    {
        var names = (await Chart.RenderAsync(profile)).All.Select(manifest => $"{manifest["kind"]} {Manifests.NameOf(manifest)}").ToList();

        Assert.Equal(names.Distinct(), names);
    }

    [TheoryWith("helm", "kubectl")]
    [MemberData(nameof(Profiles))]
    public async Task Every_selector_finds_pods(string profile)
    {
        var manifests = await Chart.RenderAsync(profile);
        var pods = manifests.Workloads().Select(workload => Labels(workload.Pod["metadata"]!["labels"])).ToList();

        foreach (var (name, workload, pod) in manifests.Workloads().Where(workload => workload.Workload["spec"]!["selector"] is not null))
            Assert.True(Matches(workload["spec"]!["selector"]!["matchLabels"], Labels(pod["metadata"]!["labels"])), name);
        foreach (var service in manifests.OfKind("Service"))
            Assert.True(pods.Exists(labels => Matches(WithoutPodName(service["spec"]!["selector"]!), labels)), Manifests.NameOf(service));
        foreach (var budget in manifests.OfKind("PodDisruptionBudget"))
            Assert.True(pods.Exists(labels => Matches(budget["spec"]!["selector"]!["matchLabels"], labels)), Manifests.NameOf(budget));
    }

    [TheoryWith("helm", "kubectl")]
    [MemberData(nameof(Profiles))]
    public async Task Services_and_probes_name_ports_that_the_container_has(string profile)
    {
        var manifests = await Chart.RenderAsync(profile);
        foreach (var service in manifests.OfKind("Service"))
        {
            var pod = manifests.Workloads().Select(w => w.Pod).First(p => Matches(WithoutPodName(service["spec"]!["selector"]!), Labels(p["metadata"]!["labels"])));
            var ports = Manifests.Containers(pod).SelectMany(PortNames).ToList();
            Assert.All(Manifests.Items(service["spec"]!["ports"]), port => Assert.Contains((string)port["targetPort"]!, ports));
        }

        foreach (var (name, _, pod) in manifests.Workloads())
        {
            foreach (var container in Manifests.Containers(pod))
            {
                string[] probes = ["startupProbe", "livenessProbe", "readinessProbe"];
                var named = probes.Select(probe => container[probe]).OfType<JsonNode>()
                    .Select(probe => (string)(probe["httpGet"] ?? probe["tcpSocket"])!["port"]!);
                Assert.All(named, port => Assert.True(PortNames(container).Contains(port), $"{name} has no port {port}"));
            }
        }
    }

    [TheoryWith("helm", "kubectl")]
    [MemberData(nameof(Profiles))]
    public async Task Every_mount_has_its_volume_and_every_volume_its_source(string profile)
    {
        var manifests = await Chart.RenderAsync(profile);
        foreach (var (name, workload, pod) in manifests.Workloads())
        {
            var volumes = Manifests.Items(pod["spec"]!["volumes"]).ToList();
            var claims = Manifests.Items(workload["spec"]!["volumeClaimTemplates"]).Select(Manifests.NameOf);
            var names = volumes.Select(volume => (string)volume["name"]!).Concat(claims).ToList();
            var mounts = Manifests.Containers(pod).SelectMany(c => Manifests.Items(c["volumeMounts"])).Select(m => (string)m["name"]!).ToList();

            Assert.True(mounts.All(names.Contains), $"{name} mounts a volume that it doesn't have");
            Assert.True(names.All(mounts.Contains), $"{name} has a volume that it doesn't mount");
            foreach (var map in volumes.Select(volume => volume["configMap"]).OfType<JsonNode>())
                manifests.Get("ConfigMap", (string)map["name"]!);
        }
    }

    /// <summary>A Secret is the chart's own, with that key, or one that the profile names.</summary>
    [FactWith("helm", "kubectl")]
    public async Task Every_secret_is_made_here_or_named_by_the_profile()
    {
        string[] given =
        [
            "aura-storage-account/account", "aura-storage-account/key", "forward/shared-key", "operations/token", "forward-tls/ca.crt", "slack/url",
            "smtp/password", "watchdog/url",
        ];
        var manifests = await Chart.RenderAsync("everything");
        var made = manifests.OfKind("Secret").SelectMany(secret => secret["data"]!.AsObject().Select(pair => $"{Manifests.NameOf(secret)}/{pair.Key}")).ToList();

        var used = manifests.Workloads().SelectMany(workload => SecretKeys(workload.Pod)).Distinct().ToList();

        Assert.Empty(used.Except(made).Except(given));
        Assert.Empty(given.Except(used));
    }

    [TheoryWith("helm", "kubectl")]
    [MemberData(nameof(Profiles))]
    public async Task Service_accounts_and_roles_that_are_named_exist(string profile)
    {
        var manifests = await Chart.RenderAsync(profile);

        foreach (var account in manifests.Workloads().Select(workload => (string?)workload.Pod["spec"]!["serviceAccountName"]).OfType<string>())
            manifests.Get("ServiceAccount", account);
        foreach (var binding in manifests.OfKind("ClusterRoleBinding").Concat(manifests.OfKind("RoleBinding")))
        {
            if (((string)binding["roleRef"]!["name"]!).StartsWith("system:", StringComparison.Ordinal))
                continue; // the cluster's own, given to a group of the cluster's
            manifests.Get((string)binding["roleRef"]!["kind"]!, (string)binding["roleRef"]!["name"]!);
            Assert.All(Manifests.Items(binding["subjects"]), subject => manifests.Get("ServiceAccount", (string)subject["name"]!));
        }
    }

    private static IEnumerable<string> SecretKeys(JsonNode pod)
    {
        var variables = Manifests.Containers(pod).SelectMany(container => Manifests.Items(container["env"]))
            .Select(variable => variable["valueFrom"]?["secretKeyRef"]).OfType<JsonNode>()
            .Select(key => $"{key["name"]}/{key["key"]}");
        var volumes = Manifests.Items(pod["spec"]!["volumes"]).ToList();
        var projected = volumes.SelectMany(volume => Manifests.Items(volume["projected"]?["sources"])).Select(source => (source["secret"]!, "name"));
        var mounted = volumes.Select(volume => volume["secret"]).OfType<JsonNode>().Select(secret => (secret, "secretName"));
        return variables.Concat(projected.Concat(mounted)
            .SelectMany(source => Manifests.Items(source.Item1["items"]).Select(item => $"{source.Item1[source.Item2]}/{item["key"]}")));
    }

    private static List<string> PortNames(JsonNode container) =>
        [.. Manifests.Items(container["ports"]).Select(port => (string)port["name"]!)];

    private static Dictionary<string, string> Labels(JsonNode? labels) =>
        labels!.AsObject().ToDictionary(pair => pair.Key, pair => (string)pair.Value!);

    /// <summary>Kubernetes itself gives each pod of a StatefulSet the label with its name.</summary>
    private static JsonNode WithoutPodName(JsonNode selector)
    {
        var others = selector.DeepClone();
        others.AsObject().Remove("statefulset.kubernetes.io/pod-name");
        return others;
    }

    private static bool Matches(JsonNode? selector, Dictionary<string, string> labels) =>
        selector!.AsObject().All(pair => labels.TryGetValue(pair.Key, out var value) && value == (string?)pair.Value);
}
