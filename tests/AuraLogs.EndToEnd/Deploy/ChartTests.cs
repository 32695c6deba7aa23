using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>The chart as a whole: what helm, kubectl and the Kubernetes API say about it.</summary>
public sealed partial class ChartTests
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

        // OpenShift's own kind has no schema in npm's registry; OpenShiftTests has what is said of it.
        Assert.Equal("", await ValidateAsync(manifests.All.Where(manifest => (string?)manifest["kind"] != "SecurityContextConstraints")));
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
            ("prometheus.storage_size=0", "at '/prometheus/storage_size'"),
            ("alertmanager.smtp.smarthost=smtp.example.com:587", "at '/alertmanager/smtp/smarthost'"),
            ("auralogs.replicas=0", "at '/auralogs/replicas': minimum: got 0, want 1"),
            ("auralogs.termination_grace_seconds=5", "at '/auralogs/termination_grace_seconds': minimum: got 5, want 15"),
            ("auralogs.storage_percent=100", "at '/auralogs/storage_percent': maximum: got 100, want 95"),
            ("auralogs.mapping=fat", "at '/auralogs/mapping'"),
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
    public async Task A_packaged_chart_renders_the_same_files()
    {
        using var directory = new TemporaryDirectory();
        await Script.RunAsync("helm", ["package", Chart.Folder, "--destination", directory.Path]);
        var package = Assert.Single(Directory.GetFiles(directory.Path));

        var packaged = await Chart.RenderAsync(package, ["--values", Chart.ProfileFile("everything")]);

        var maps = (await Chart.RenderAsync("everything")).OfKind("ConfigMap").Select(map => map.ToJsonString()).ToList();
        Assert.NotEmpty(maps);
        Assert.Equal(maps, packaged.OfKind("ConfigMap").Select(map => map.ToJsonString()));
    }

    /// <summary>Flux and some mirrors leave links out when they copy a chart.</summary>
    [Fact]
    public void The_chart_consists_of_files_and_not_of_links() =>
        Assert.All(
            new DirectoryInfo(Chart.Folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories),
            entry => Assert.Null(entry.LinkTarget));

    [TheoryWith("helm")]
    [InlineData("files/alertmanager/routes.yml")]
    [InlineData("files/blackbox/blackbox.yml")]
    [InlineData("files/elasticsearch/setup.sh")]
    [InlineData("files/fluent-bit/kubernetes.yaml")]
    [InlineData("files/grafana/platform.json")]
    [InlineData("files/prometheus/auralogs.rules.yml")]
    public async Task An_empty_file_in_the_chart_fails_the_rendering(string file)
    {
        using var directory = new TemporaryDirectory();
        await Script.RunAsync("cp", ["-r", Chart.Folder + "/.", directory.Path]);
        await File.WriteAllTextAsync(Path.Combine(directory.Path, file), "\n");

        var refusal = await Assert.ThrowsAnyAsync<Exception>(
            () => Chart.TemplateAsync(directory.Path, ["--values", Chart.ProfileFile("everything")]));

        Assert.Contains($"The chart's file {file} is missing or empty.", refusal.Message, StringComparison.Ordinal);
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

            Assert.All(Manifests.Containers(pod), container => Assert.True(container["resources"]?["limits"]?["memory"] is not null, name));
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

    /// <summary>The chart's version is in the labels of objects; in those of pods it would replace every pod with each new version.</summary>
    [FactWith("helm", "kubectl")]
    public async Task A_new_version_of_the_chart_alone_replaces_no_pod()
    {
        using var directory = new TemporaryDirectory();
        await Script.RunAsync("cp", ["-r", Chart.Folder + "/.", directory.Path]);
        var file = Path.Combine(directory.Path, "Chart.yaml");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("\nversion: ", "\nversion: 9", StringComparison.Ordinal));

        var newer = await Chart.RenderAsync(directory.Path, ["--values", Chart.ProfileFile("everything")]);

        var pods = (await Chart.RenderAsync("everything")).Workloads().Select(workload => workload.Pod.ToJsonString()).ToList();
        Assert.Equal(pods, newer.Workloads().Select(workload => workload.Pod.ToJsonString()));
    }

    [FactWith("helm", "kubectl")]
    public async Task The_profile_of_the_platform_is_taken_as_it_is_written()
    {
        var manifests = await Chart.RenderAsync("platform");

        Assert.Equal("10Gi", ClaimOf(manifests.Get("StatefulSet", "aura-logs-elasticsearch")));
        Assert.Equal("10Gi", ClaimOf(manifests.Get("StatefulSet", "prometheus"))); // its pod is prometheus-0, its claim data-prometheus-0
    }

    [TheoryWith("helm", "kubectl")]
    [InlineData("prometheus.storage_size=1.5Ti", "1.5Ti", "1336934MB")]
    [InlineData("prometheus.storage_size=20", "20Gi", "17408MB")]
    [InlineData("prometheus.storage_size=1Gi", "1Gi", "870MB")]
    public async Task Volumes_take_numbers_and_fractions_and_metrics_never_fill_theirs(string set, string claim, string retention)
    {
        var manifests = await Chart.RenderAsync(Chart.Folder, ["--values", Chart.ProfileFile("platform"), "--set", set]);
        var prometheus = manifests.Get("StatefulSet", "prometheus");

        Assert.Equal(claim, ClaimOf(prometheus));
        Assert.Contains($"--storage.tsdb.retention.size={retention}", prometheus.ToJsonString(), StringComparison.Ordinal);
    }

    [TheoryWith("helm")]
    [InlineData("auralogs.storage=1M", "auralogs.storage: 1M is too small, at least 500Mi")]
    [InlineData("prometheus.storage_size=500Mi", "prometheus.storage_size: 500Mi is too small, at least 1Gi")]
    public async Task A_volume_on_which_a_service_could_not_work_is_refused(string set, string reason)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(
            () => Chart.TemplateAsync(Chart.Folder, ["--values", Chart.ProfileFile("platform"), "--set", set]));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [FactWith("helm", "kubectl")]
    public async Task Two_releases_share_nothing_that_belongs_to_the_cluster()
    {
        var here = await ClusterNamesAsync("logging");
        var there = await ClusterNamesAsync("other");

        Assert.NotEmpty(here);
        Assert.Empty(here.Intersect(there));

        static async Task<List<string>> ClusterNamesAsync(string space)
        {
            var text = await Script.RunAsync(
                "helm", ["template", Chart.Release, Chart.Folder, "--namespace", space, "--values", Chart.ProfileFile("everything")]);
            return [.. ClusterScoped().Matches(text).Select(match => match.Value)];
        }
    }

    [FactWith("helm", "kubectl")]
    public async Task Daemonsets_run_on_Linux_and_on_no_virtual_node()
    {
        foreach (var daemonset in (await Chart.RenderAsync("platform")).OfKind("DaemonSet"))
        {
            var pod = daemonset["spec"]!["template"]!["spec"]!;
            Assert.Equal("linux", (string?)pod["nodeSelector"]!["kubernetes.io/os"]);
            Assert.Contains("virtual-kubelet", pod["affinity"]!.ToJsonString(), StringComparison.Ordinal);
        }
    }

    /// <summary>The setup's Job can't be changed: what it does is in its name, so that every change makes a new one, and nothing else does.</summary>
    [FactWith("helm", "kubectl")]
    public async Task The_setup_job_has_a_name_that_follows_what_it_does()
    {
        var first = await NameAsync();

        Assert.Equal(first, await NameAsync("--set", "auralogs.replicas=5"));
        Assert.NotEqual(first, await NameAsync("--set", "elasticsearch.image.tag=9.9.9"));

        static async Task<string> NameAsync(params string[] arguments) => Manifests.NameOf(Assert.Single(
            (await Chart.RenderAsync(Chart.Folder, ["--values", Chart.ProfileFile("platform"), .. arguments])).OfKind("Job"),
            job => Manifests.NameOf(job).Contains("setup", StringComparison.Ordinal)));
    }

    private static string? ClaimOf(JsonNode set) =>
        (string?)Assert.Single(Manifests.Items(set["spec"]!["volumeClaimTemplates"]))["spec"]!["resources"]!["requests"]!["storage"];

    [GeneratedRegex(@"kind: ClusterRole(Binding)?\nmetadata:\n  name: \S+")]
    private static partial Regex ClusterScoped();

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
