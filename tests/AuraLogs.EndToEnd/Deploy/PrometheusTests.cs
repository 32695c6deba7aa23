using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>
/// The real Prometheus reads the very files that the chart renders. One thing is replaced: Debian builds Prometheus without the
/// discovery of Kubernetes' pods, so a file names the pods, with the labels that the discovery gives them.
/// </summary>
public sealed partial class PrometheusTests
{
    [TheoryWith("helm", "kubectl", "promtool")]
    [InlineData("platform")]
    [InlineData("everything")]
    public async Task Promtool_takes_the_configuration_and_every_rule(string profile)
    {
        using var directory = new TemporaryDirectory();
        var configuration = await WritePrometheusAsync(profile, directory.Path);

        await Script.RunAsync("promtool", ["check", "config", configuration]);
    }

    [FactWith("promtool")]
    public async Task Every_alert_about_the_platform_fires_when_it_should_and_not_before()
    {
        var tests = Repository.PathOf("deploy", "prometheus", "platform.tests.yml");
        var alerts = AlertOfRule().Matches(await File.ReadAllTextAsync(Repository.PathOf("deploy", "prometheus", "platform.rules.yml")));

        await Script.RunAsync("promtool", ["test", "rules", tests]);

        Assert.NotEmpty(alerts);
        var tested = await File.ReadAllTextAsync(tests);
        Assert.All(alerts, alert => Assert.Contains($"alertname: {alert.Groups[1].Value}\n", tested, StringComparison.Ordinal));
    }

    [FactWith("helm", "kubectl", "prometheus")]
    public async Task Prometheus_starts_with_the_rendered_configuration_and_loads_every_rule_file()
    {
        using var directory = new TemporaryDirectory();
        var configuration = await WritePrometheusAsync("everything", directory.Path);
        await using var prometheus = StartPrometheus(configuration, directory.Path);
        using var http = new HttpClient { BaseAddress = await prometheus.ListeningAsync(ListeningOn()) };

        var rules = await Wait.UntilAsync(() => GetAsync(http, "/api/v1/rules"), answer => answer is not null, explain: () => prometheus.Output);

        var files = rules!.Value.GetProperty("data").GetProperty("groups").EnumerateArray()
            .Select(group => Path.GetFileName(group.GetProperty("file").GetString()!)).Distinct().Order(StringComparer.Ordinal);
        var shipped = Directory.GetFiles(Repository.PathOf("deploy", "prometheus"), "*.rules.yml").Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(shipped, files);
        var loaded = (await GetAsync(http, "/api/v1/status/config"))!.Value.GetProperty("data").GetProperty("yaml").GetString()!;
        Assert.Contains("scrape_interval: 30s", loaded, StringComparison.Ordinal);
    }

    [FactWith("helm", "kubectl", "prometheus")]
    public async Task Prometheus_scrapes_each_pod_that_asks_for_it_once_and_names_the_job_after_it()
    {
        using var directory = new TemporaryDirectory();
        await using var prometheus = StartPrometheus(await WritePrometheusAsync("everything", directory.Path), directory.Path);
        using var http = new HttpClient { BaseAddress = await prometheus.ListeningAsync(ListeningOn()) };
        var expected = (await Chart.RenderAsync("everything")).Workloads()
            .Where(workload => Annotation(workload.Pod, "scrape") == "true")
            .Select(workload => $"{workload.Pod["metadata"]!["labels"]!["app.kubernetes.io/name"]} http://127.9.9.9:{Annotation(workload.Pod, "port")}{Annotation(workload.Pod, "path") ?? "/metrics"}")
            .Order(StringComparer.Ordinal).ToList();

        var found = await Wait.UntilAsync(() => TargetsAsync(http), targets => targets.Count >= expected.Count, explain: () => prometheus.Output);

        Assert.Equal(expected, found);
        Assert.Contains("auralogs http://127.9.9.9:8080/metrics", found);
        Assert.Contains("fluent-bit http://127.9.9.9:2020/api/v2/metrics/prometheus", found);
    }

    [FactWith("helm", "kubectl")]
    public async Task Metrics_stay_15_days_on_a_volume_that_they_do_not_fill()
    {
        var arguments = Manifests.Items(
                (await Chart.RenderAsync("platform")).Get("StatefulSet", "prometheus")["spec"]!["template"]!["spec"]!["containers"]![0]!["args"])
            .Select(argument => (string)argument!).ToList();

        Assert.Contains("--storage.tsdb.retention.time=15d", arguments);
        Assert.Contains("--storage.tsdb.retention.size=8704MB", arguments); // 85 % of 10Gi
    }

    private static async Task<string> WritePrometheusAsync(string profile, string directory)
    {
        var manifests = await Chart.RenderAsync(profile);
        var data = Assert.Single(manifests.OfKind("ConfigMap"), map => map["data"]!["prometheus.yml"] is not null)["data"]!.AsObject();
        foreach (var (name, content) in data)
            await File.WriteAllTextAsync(Path.Combine(directory, name), (string)content!);

        var configuration = Path.Combine(directory, "prometheus.yml");
        var text = await File.ReadAllTextAsync(configuration);
        const string Token = "/var/run/secrets/kubernetes.io/serviceaccount/token";
        Assert.Contains(Token, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(directory, "token"), "");
        text = text.Replace(Token, Path.Combine(directory, "token"), StringComparison.Ordinal);
        Assert.Equal(3, Discovery().Count(text));
        await File.WriteAllTextAsync(configuration, Discovery().Replace(text, "file_sd_configs:\n      - files: [$1s.json]\n"));
        await File.WriteAllTextAsync(Path.Combine(directory, "nodes.json"), "[]");
        await File.WriteAllTextAsync(Path.Combine(directory, "pods.json"), DiscoveredPods(manifests).ToJsonString());
        return configuration;
    }

    /// <summary>What the discovery with <c>role: pod</c> gives: each port of each container, with the pod's labels and annotations.</summary>
    private static JsonArray DiscoveredPods(Manifests manifests) =>
        [.. manifests.Workloads().SelectMany(workload =>
            Manifests.Containers(workload.Pod).SelectMany(container => Manifests.Items(container["ports"])).Select(port => new JsonObject
            {
                ["targets"] = new JsonArray($"127.9.9.9:{port["containerPort"]}"),
                ["labels"] = new JsonObject(
                    workload.Pod["metadata"]!["annotations"]?.AsObject()
                        .Where(pair => pair.Key.StartsWith("prometheus.io/", StringComparison.Ordinal))
                        .Select(pair => Label($"annotation_{pair.Key}", (string)pair.Value!))
                        .Append(Label("label_app.kubernetes.io/name", (string)workload.Pod["metadata"]!["labels"]!["app.kubernetes.io/name"]!))
                        .Append(Label("phase", "Running"))
                        .Append(Label("container_port_number", port["containerPort"]!.ToString()))
                        .Append(Label("container_port_name", (string)port["name"]!))
                        .Append(Label("name", "pod-0"))
                        ?? [Label("phase", "Running")]),
            }))];

    private static KeyValuePair<string, JsonNode?> Label(string name, string value) =>
        new("__meta_kubernetes_pod_" + name.Replace('.', '_').Replace('/', '_'), value);

    private static BackgroundProgram StartPrometheus(string configuration, string directory) =>
        BackgroundProgram.Start(
            "prometheus",
            [
                $"--config.file={configuration}", $"--storage.tsdb.path={directory}/data", "--web.listen-address=127.0.0.1:0",
                // The chart's Prometheus 3 does it without being asked.
                "--enable-feature=expand-external-labels",
            ],
            new Dictionary<string, string> { ["POD_NAME"] = "aura-logs-prometheus-0" });

    /// <summary>Job and address of each target that came from the pods.</summary>
    private static async Task<List<string>> TargetsAsync(HttpClient http) =>
        await GetAsync(http, "/api/v1/targets?state=active") is not { } answer
            ? []
            : [.. answer.GetProperty("data").GetProperty("activeTargets").EnumerateArray()
                .Where(target => target.GetProperty("scrapePool").GetString() == "pods")
                .Select(target => $"{target.GetProperty("labels").GetProperty("job").GetString()} {target.GetProperty("scrapeUrl").GetString()}")
                .Order(StringComparer.Ordinal)];

    private static string? Annotation(JsonNode pod, string name) => (string?)pod["metadata"]!["annotations"]?[$"prometheus.io/{name}"];

    private static async Task<JsonElement?> GetAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path);
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement : null;
    }

    [GeneratedRegex(@"msg=""?Listening on""? address=(?<address>[0-9.]+:\d+)")]
    private static partial Regex ListeningOn();

    [GeneratedRegex(@"kubernetes_sd_configs:\n      - role: (pod|node)\n(?:        .*\n)*")]
    private static partial Regex Discovery();

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertOfRule();
}
