using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>What AuraLogs' own pods have to have so that deleting one is always safe.</summary>
public sealed class StatefulSetTests
{
    [FactWith("helm", "kubectl")]
    public async Task Two_replicas_with_a_volume_of_10_Gi_each_that_outlives_them()
    {
        var spec = (await Chart.RenderAsync("platform")).Get("StatefulSet", Chart.Release)["spec"]!;

        Assert.Equal(2, (int)spec["replicas"]!);
        Assert.Equal("Parallel", (string?)spec["podManagementPolicy"]);
        var claim = Assert.Single(Manifests.Items(spec["volumeClaimTemplates"]));
        Assert.Equal("10Gi", (string?)claim["spec"]!["resources"]!["requests"]!["storage"]);
        Assert.Equal("Retain", (string?)spec["persistentVolumeClaimRetentionPolicy"]!["whenDeleted"]);
        Assert.Equal("Retain", (string?)spec["persistentVolumeClaimRetentionPolicy"]!["whenScaled"]);
        var mount = Assert.Single(Mounts(spec), mount => (string?)mount["name"] == Manifests.NameOf(claim));
        Assert.StartsWith((string)mount["mountPath"]! + "/", Variable(spec, "AuraLogs__Queue__Path"), StringComparison.Ordinal);
    }

    /// <summary>A file system of 10 Gi has less than 10 Gi to give: ext4 keeps some for itself.</summary>
    [TheoryWith("helm", "kubectl")]
    [InlineData("platform", 10L << 30, 90)]
    [InlineData("everything", 20L << 30, 85)]
    public async Task The_queue_leaves_room_on_its_volume(string profile, long volume, int percent)
    {
        var spec = (await Chart.RenderAsync(profile)).Get("StatefulSet", Chart.Release)["spec"]!;

        Assert.Equal(volume * percent / 100, long.Parse(Variable(spec, "AuraLogs__Queue__MaxBytes"), CultureInfo.InvariantCulture));
    }

    /// <summary>The service ends in less than 10 s (see the main path's tests); Kubernetes has to wait longer than that.</summary>
    [FactWith("helm", "kubectl")]
    public async Task Kubernetes_waits_longer_than_the_service_takes_to_end()
    {
        var spec = (await Chart.RenderAsync("platform")).Get("StatefulSet", Chart.Release)["spec"]!;

        Assert.True((int)spec["template"]!["spec"]!["terminationGracePeriodSeconds"]! > 10);
    }

    [FactWith("helm", "kubectl")]
    public async Task One_pod_at_a_time_may_be_disturbed_and_they_stay_apart()
    {
        var manifests = await Chart.RenderAsync("platform");

        Assert.Equal(1, (int)manifests.Get("PodDisruptionBudget", Chart.Release)["spec"]!["maxUnavailable"]!);
        var spread = Manifests.Items(manifests.Get("StatefulSet", Chart.Release)["spec"]!["template"]!["spec"]!["topologySpreadConstraints"]);
        Assert.Equal(["kubernetes.io/hostname", "topology.kubernetes.io/zone"], spread.Select(constraint => (string?)constraint["topologyKey"]));
    }

    [FactWith("helm", "kubectl")]
    public async Task Secrets_come_as_files_or_references_and_never_as_text()
    {
        foreach (var (_, _, pod) in (await Chart.RenderAsync("everything")).Workloads())
        {
            var texts = Manifests.Containers(pod).SelectMany(container => Manifests.Items(container["env"]))
                .Where(variable => variable["value"] is not null && !((string)variable["value"]!).StartsWith('/')) // a path is no secret
                .Select(variable => (string)variable["name"]!);
            Assert.DoesNotContain(texts, name =>
                name.EndsWith("PASSWORD", StringComparison.OrdinalIgnoreCase) || name.EndsWith("KEY", StringComparison.OrdinalIgnoreCase));
        }
    }

    [FactWith("helm", "kubectl")]
    public async Task Only_the_daemonset_and_who_the_profile_names_may_send_logs()
    {
        var policy = (await Chart.RenderAsync("everything")).Get("NetworkPolicy", Chart.Release)["spec"]!;
        var forward = Assert.Single(Manifests.Items(policy["ingress"]), rule => (string?)rule["ports"]![0]!["port"] == "forward-tls");

        Assert.Equal(["Ingress", "Egress"], Manifests.Items(policy["policyTypes"]).Select(type => (string?)type));
        Assert.Equal(
            ["fluent-bit", "blackbox-exporter", "test", null],
            Manifests.Items(forward["from"]).Select(peer => (string?)peer["podSelector"]?["matchLabels"]?["app.kubernetes.io/name"]));
        Assert.Equal("payments", (string?)forward["from"]![3]!["namespaceSelector"]!["matchLabels"]!["team"]);
    }

    [FactWith("helm", "kubectl")]
    public async Task An_Elasticsearch_elsewhere_can_be_reached_on_the_ports_of_its_urls()
    {
        var policy = (await Chart.RenderAsync("external")).Get("NetworkPolicy", Chart.Release)["spec"]!;

        var ports = Manifests.Items(policy["egress"]).SelectMany(rule => Manifests.Items(rule["ports"])).Select(port => port["port"]!.ToString());

        Assert.Equal(["53", "53", "9243", "443"], ports);
    }

    private static IEnumerable<JsonNode> Mounts(JsonNode spec) =>
        Manifests.Items(spec["template"]!["spec"]!["containers"]![0]!["volumeMounts"]);

    private static string Variable(JsonNode spec, string name) =>
        (string)Assert.Single(
            Manifests.Items(spec["template"]!["spec"]!["containers"]![0]!["env"]), variable => (string?)variable["name"] == name)["value"]!;
}
