using System.Diagnostics;
using System.Text.Json.Nodes;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>The chart as a whole: what helm, kubectl and the Kubernetes API say about it.</summary>
public sealed class ChartTests
{
    public static TheoryData<string> Profiles => Chart.Profiles;

    [TheoryWith("helm")]
    [MemberData(nameof(Profiles))]
    public Task Helm_finds_nothing_to_complain_about(string profile) =>
        Script.RunAsync("helm", ["lint", "--strict", Chart.Folder, "--values", Chart.ProfileFile(profile)]);

    [TheoryWith("helm", "kubectl", "node", "node_modules/kubernetes-models", "node_modules/@kubernetes-models/prometheus-operator")]
    [MemberData(nameof(Profiles))]
    public async Task Every_manifest_is_what_the_Kubernetes_API_takes(string profile)
    {
        var manifests = await Chart.RenderAsync(profile);

        Assert.Equal("", await ValidateAsync(manifests.All));
    }

    [FactWith("helm", "kubectl", "node", "node_modules/kubernetes-models")]
    public async Task A_manifest_with_a_misspelt_key_or_a_wrong_type_would_be_found()
    {
        var service = (await Chart.RenderAsync("small")).Get("Service", Chart.Release).DeepClone();
        service["spec"]!["selectr"] = new JsonObject();
        service["spec"]!["ports"]![0]!["port"] = "twenty";

        var mistakes = await ValidateAsync([service]);

        Assert.Contains("spec/ports/0/port must be integer", mistakes, StringComparison.Ordinal);
        service["spec"]!["ports"]![0]!["port"] = 20;
        Assert.Equal("Service aura-logs: /spec/selectr is not in the schema\n", await ValidateAsync([service]));
    }

    [FactWith("helm")]
    public async Task Nonsense_is_refused_all_at_once_with_the_place_of_each_mistake()
    {
        (string Nonsense, string Place)[] mistakes =
        [
            ("log_retention_time=soon", "at '/log_retention_time'"),
            ("notifications_email=nobody", "at '/notifications_email'"),
            ("elasticsearch.storage=much", "at '/elasticsearch/storage'"),
            ("elasticsearch.storag=50Gi", "at '/elasticsearch': additional properties 'storag' not allowed"),
            ("elasticsearch.replicas=2", "at '/elasticsearch/replicas'"),
            ("prometheus.storage_size=10", "at '/prometheus/storage_size'"),
            ("auralogs.replicas=0", "at '/auralogs/replicas': minimum: got 0, want 1"),
            ("auralogs.termination_grace_seconds=5", "at '/auralogs/termination_grace_seconds': minimum: got 5, want 15"),
            ("auralogs.storage_percent=100", "at '/auralogs/storage_percent': maximum: got 100, want 95"),
            ("auralogs.settings.Queue=x", "invalid propertyName 'Queue'"),
            ("fluent_bit.image.tag=latest", "at '/fluent_bit/image/tag'"),
        ];

        var refusal = await RefusalAsync(string.Join(',', mistakes.Select(mistake => mistake.Nonsense)));

        Assert.All(mistakes, mistake => Assert.Contains(mistake.Place, refusal, StringComparison.Ordinal));
    }

    [TheoryWith("helm")]
    [InlineData("log_retention_time=0d", "at '/log_retention_time'")]
    [InlineData("log_retention_time=3651d", "at '/log_retention_time'")]
    [InlineData("notifications_email=", "at '/notifications_email'")]
    [InlineData("elasticsearch.enabled=false", "at '/auralogs/external_elasticsearch/urls'")]
    [InlineData("prometheus.enabled=false", "at '/thanos/enabled'")]
    public async Task What_does_not_go_together_is_refused(string nonsense, string place) =>
        Assert.Contains(place, await RefusalAsync(nonsense), StringComparison.Ordinal);

    [FactWith("helm", "kubectl")]
    public async Task A_packaged_chart_holds_what_the_links_lead_to()
    {
        using var directory = new TemporaryDirectory();
        await Script.RunAsync("helm", ["package", Chart.Folder, "--destination", directory.Path]);
        var package = Assert.Single(Directory.GetFiles(directory.Path));

        var packaged = await Chart.RenderAsync(package, ["--values", Chart.ProfileFile("everything")]);

        var maps = (await Chart.RenderAsync("everything")).OfKind("ConfigMap").Select(map => map.ToJsonString()).ToList();
        Assert.NotEmpty(maps);
        Assert.Equal(maps, packaged.OfKind("ConfigMap").Select(map => map.ToJsonString()));
    }

    [TheoryWith("helm", "kubectl")]
    [MemberData(nameof(Profiles))]
    public async Task Images_are_pinned_and_every_container_says_what_it_needs(string profile)
    {
        foreach (var (name, _, pod) in (await Chart.RenderAsync(profile)).Workloads())
        {
            foreach (var container in Manifests.Containers(pod))
            {
                Assert.Matches("^[a-z0-9./-]+:v?[0-9]+[.][0-9]+[.][0-9]+$", (string)container["image"]!);
                Assert.False((bool?)container["securityContext"]!["allowPrivilegeEscalation"] ?? false, name);
            }

            Assert.All(
                Manifests.Items(pod["spec"]!["containers"]), container => Assert.NotNull(container["resources"]!["limits"]!["memory"]));
        }
    }

    /// <summary>Elasticsearch, which writes beside its own files, and what the node has to be asked for are the exceptions.</summary>
    [FactWith("helm", "kubectl")]
    public async Task Pods_run_as_nobody_in_particular_and_write_to_their_volumes_alone()
    {
        string[] root = ["DaemonSet aura-logs-fluent-bit"];
        string[] writable = ["StatefulSet aura-logs-elasticsearch", "Deployment aura-logs-kibana"];
        foreach (var (name, _, pod) in (await Chart.RenderAsync("everything")).Workloads())
        {
            var security = pod["spec"]!["securityContext"]!;
            Assert.Equal("RuntimeDefault", (string?)security["seccompProfile"]!["type"]);
            Assert.True(root.Contains(name) || (bool?)security["runAsNonRoot"] == true, name);
            foreach (var container in Manifests.Items(pod["spec"]!["containers"]))
            {
                Assert.True(writable.Contains(name) || (bool?)container["securityContext"]!["readOnlyRootFilesystem"] == true, name);
                Assert.Contains("ALL", Manifests.Items(container["securityContext"]!["capabilities"]!["drop"]).Select(item => (string)item!));
            }
        }
    }

    private static async Task<string> RefusalAsync(string nonsense)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(
            () => Chart.TemplateAsync(Chart.Folder, ["--values", Chart.ProfileFile("platform"), "--set", nonsense]));
        Assert.Contains("specifications of the schema", refusal.Message, StringComparison.Ordinal);
        return refusal.Message;
    }

    private static async Task<string> ValidateAsync(IEnumerable<JsonNode> manifests)
    {
        var start = new ProcessStartInfo(
            Tools.Find("node")!,
            [Path.Combine(AppContext.BaseDirectory, "Deploy", "validate-manifests.mjs"), Path.Combine(Tools.Directory, "node_modules")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var node = Process.Start(start)!;
        await node.StandardInput.WriteAsync(new JsonArray([.. manifests.Select(manifest => manifest.DeepClone())]).ToJsonString());
        node.StandardInput.Close();
        var mistakes = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.Equal(0, node.ExitCode);
        return mistakes;
    }
}
