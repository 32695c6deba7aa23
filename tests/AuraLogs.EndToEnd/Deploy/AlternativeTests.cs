using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.EndToEnd.Harness;
using YamlDotNet.Serialization;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>What the profile can have in place of something else, and is off by default.</summary>
public sealed class AlternativeTests
{
    [FactWith("helm", "kubectl")]
    public async Task None_of_them_is_there_unless_the_profile_asks_for_it()
    {
        string[] kinds = ["HorizontalPodAutoscaler", "Ingress", "PodMonitor", "ServiceMonitor", "SecurityContextConstraints"];

        Assert.DoesNotContain((await Chart.RenderAsync("platform")).All, manifest => kinds.Contains((string?)manifest["kind"]));
        Assert.Equal(
            kinds.Except(["ServiceMonitor"]).Order(StringComparer.Ordinal),
            (await Chart.RenderAsync("alternatives")).All.Select(manifest => (string)manifest["kind"]!).Where(kinds.Contains).Distinct().Order(StringComparer.Ordinal));
    }

    [FactWith("helm", "kubectl")]
    public async Task With_an_identity_no_pod_has_the_storage_accounts_key()
    {
        var manifests = await Chart.RenderAsync("alternatives");
        string[] users = ["StatefulSet aura-logs-elasticsearch", "StatefulSet aura-logs-prometheus", "StatefulSet aura-logs-thanos-compactor", "StatefulSet aura-logs-thanos-store"];

        Assert.All(manifests.All, manifest => Assert.DoesNotContain("aura-storage-account", manifest.ToJsonString(), StringComparison.Ordinal));
        Assert.All(
            manifests.Workloads().SelectMany(workload => Manifests.Containers(workload.Pod)).SelectMany(container => Manifests.Items(container["env"])),
            variable => Assert.NotEqual("AZURE_STORAGE_KEY", (string?)variable["name"]));
        Assert.DoesNotContain("storage_account_key", manifests.Get("StatefulSet", "aura-logs-thanos-store").ToJsonString(), StringComparison.Ordinal);
        var identified = manifests.Workloads().Where(workload => Manifests.Items(workload.Pod["spec"]!["volumes"]).Any(IsIdentityToken)).ToList();
        Assert.Equal(users, identified.Select(workload => workload.Name).Order(StringComparer.Ordinal));
        foreach (var (name, _, pod) in identified)
        {
            Assert.EndsWith(name.EndsWith("prometheus", StringComparison.Ordinal) ? "-prometheus" : "-storage", (string?)pod["spec"]!["serviceAccountName"], StringComparison.Ordinal);
            var container = Assert.Single(Manifests.Items(pod["spec"]!["containers"]), IsIdentified);
            var file = (string)Manifests.Items(container["env"]).Single(variable => (string?)variable["name"] == "AZURE_FEDERATED_TOKEN_FILE")["value"]!;
            var mount = Manifests.Items(container["volumeMounts"]).Single(mount => (string?)mount["name"] == "azure-identity-token");
            Assert.Equal($"{mount["mountPath"]}/azure-identity-token", file);
        }

        static bool IsIdentityToken(JsonNode volume) =>
            (string?)volume["projected"]?["sources"]?[0]?["serviceAccountToken"]?["audience"] == "api://AzureADTokenExchange";

        static bool IsIdentified(JsonNode container) =>
            Manifests.Items(container["env"]).Any(variable => (string?)variable["name"] == "AZURE_CLIENT_ID" && (string?)variable["value"] == "11111111-2222-3333-4444-555555555555");
    }

    [FactWith("helm", "kubectl")]
    public async Task The_ingress_leads_to_each_replica_by_a_name_that_its_page_answers_to()
    {
        var manifests = await Chart.RenderAsync("alternatives");
        var rules = Manifests.Items(manifests.Get("Ingress", "aura-logs-operations")["spec"]!["rules"]).ToList();
        var pod = await AuraLogsPod.RenderAsync("alternatives");

        Assert.Equal(6, rules.Count);
        for (var replica = 0; replica < rules.Count; replica++)
        {
            Assert.Equal($"aura-logs-{replica}.logs.example.com", (string?)rules[replica]["host"]);
            var service = manifests.Get("Service", (string)rules[replica]["http"]!["paths"]![0]!["backend"]!["service"]!["name"]!);
            Assert.Equal($"aura-logs-{replica}", (string?)service["spec"]!["selector"]!["statefulset.kubernetes.io/pod-name"]);
        }

        var hosts = rules.Select(rule => (string)rule["host"]!).ToList();
        Assert.Equal(hosts, Manifests.Items(Assert.Single(Manifests.Items(manifests.Get("Ingress", "aura-logs-operations")["spec"]!["tls"]))["hosts"]).Select(host => (string)host!));
        Assert.Equal(string.Join(',', hosts), pod.Environment["AuraLogs__Operations__Hosts"]);
        Assert.Contains("AuraLogs__Operations__TokenFile", pod.Environment.Keys);
        var observers = Manifests.Items(manifests.Get("NetworkPolicy", Chart.Release)["spec"]!["ingress"]).Single(rule => (string?)rule["ports"]![0]!["port"] == "operations");
        Assert.Contains(Manifests.Items(observers["from"]), peer => (string?)peer["namespaceSelector"]?["matchLabels"]?["network.openshift.io/policy-group"] == "ingress");
    }

    [TheoryWith("helm")]
    [InlineData("auralogs.operations.token.secret=", "without auralogs.operations.token.secret")]
    [InlineData("auralogs.operations.ingress.tls_secret=", "auralogs.operations.ingress.tls_secret")]
    [InlineData("auralogs.operations.ingress.host=", "auralogs.operations.ingress.host")]
    [InlineData("auralogs.operations.ingress.controller=null", "auralogs.operations.ingress.controller")]
    [InlineData("auralogs.service_monitor.enabled=true", "would scrape the same pods twice")]
    [InlineData("elasticsearch.set_max_map_count=true", "set elasticsearch.set_max_map_count to false")]
    [InlineData("storage_account.workload_identity.account=", "storage_account.workload_identity.account")]
    [InlineData("storage_account.workload_identity.tenant_id=", "storage_account.workload_identity.tenant_id")]
    public async Task What_one_of_them_needs_is_asked_for(string set, string reason)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(
            () => Chart.TemplateAsync(Chart.Folder, ["--values", Chart.ProfileFile("alternatives"), "--set", set]));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [FactWith("helm", "kubectl")]
    public async Task The_pod_monitor_scrapes_the_operations_port_of_AuraLogs_pods()
    {
        var manifests = await Chart.RenderAsync("alternatives");
        var monitor = manifests.Get("PodMonitor", Chart.Release)["spec"]!;
        var labels = manifests.Get("StatefulSet", Chart.Release)["spec"]!["template"]!["metadata"]!["labels"]!;

        Assert.All(monitor["selector"]!["matchLabels"]!.AsObject(), pair => Assert.Equal((string?)pair.Value, (string?)labels[pair.Key]));
        Assert.Equal("operations", (string?)Assert.Single(Manifests.Items(monitor["podMetricsEndpoints"]))["port"]);
    }

    [FactWith("helm", "kubectl")]
    public async Task The_autoscaler_adds_replicas_by_metrics_that_exist_and_takes_none_away()
    {
        var manifests = await Chart.RenderAsync("alternatives");
        var spec = manifests.Get("HorizontalPodAutoscaler", Chart.Release)["spec"]!;
        var wanted = Manifests.Items(spec["metrics"]).Select(metric => (string)metric["pods"]!["metric"]!["name"]!).ToList();
        var adapter = new Deserializer().Deserialize<Dictionary<string, List<Dictionary<string, object>>>>(
            await File.ReadAllTextAsync(Repository.PathOf("deploy", "prometheus", "adapter.yml")))["rules"];
        var documented = await File.ReadAllTextAsync(Repository.PathOf("docs", "metrics.md"));

        Assert.Equal(2, (int)spec["minReplicas"]!);
        Assert.Equal(6, (int)spec["maxReplicas"]!);
        Assert.Equal("Disabled", (string?)spec["behavior"]!["scaleDown"]!["selectPolicy"]);
        Assert.Equal("300m", (string?)spec["metrics"]![0]!["pods"]!["target"]!["averageValue"]);
        Assert.Equal(wanted.Order(), adapter.Select(rule => (string)((Dictionary<object, object>)rule["name"])["as"]).Order());
        Assert.All(adapter, rule => Assert.Contains($"`{((string)rule["seriesQuery"]).Split('{')[0]}`", documented, StringComparison.Ordinal));
        Assert.All(
            adapter.SelectMany(rule => ((string)rule["metricsQuery"]).Split([' ', '(', '{'], StringSplitOptions.RemoveEmptyEntries))
                .Where(word => word.StartsWith("auralogs_", StringComparison.Ordinal)),
            metric => Assert.Contains($"`{metric}`", documented, StringComparison.Ordinal));
    }

    /// <summary>A list of replicas in the daemonset would be out of date with the first replica that the autoscaler adds.</summary>
    [FactWith("helm", "kubectl")]
    public async Task With_the_autoscaler_senders_know_one_name_and_the_resize_every_claim_that_may_come()
    {
        var manifests = await Chart.RenderAsync("alternatives");
        var upstream = manifests.ConfigFile("aura-logs-fluent-bit", "upstream.yaml");
        var role = manifests.Get("Role", "aura-logs-volume-resize");

        Assert.Equal("host: aura-logs.logging.svc", Assert.Single(upstream.Split('\n'), line => line.Contains("host:", StringComparison.Ordinal)).Trim());
        Assert.Equal(
            6, Manifests.Items(role["rules"]![0]!["resourceNames"]).Count(name => ((string)name!).StartsWith("data-aura-logs-", StringComparison.Ordinal) && int.TryParse(((string)name!)["data-aura-logs-".Length..], CultureInfo.InvariantCulture, out _)));
    }

    [FactWith("helm", "kubectl")]
    public async Task With_IPv6_nothing_listens_on_IPv4_alone()
    {
        var manifests = await Chart.RenderAsync(Chart.Folder, ["--values", Chart.ProfileFile("everything"), "--set", "ip_family=IPv6"]);
        var environment = AuraLogsPod.Of(manifests).Environment;

        Assert.All(
            manifests.Workloads(), workload => Assert.DoesNotContain("0.0.0.0", workload.Pod.ToJsonString(), StringComparison.Ordinal));
        Assert.Contains("network.host: \"::\"\n", manifests.ConfigFile("aura-logs-elasticsearch", "elasticsearch.yml"), StringComparison.Ordinal);
        Assert.Contains("http_listen: \"::\"\n", manifests.ConfigFile("aura-logs-fluent-bit", "fluent-bit.yaml"), StringComparison.Ordinal);
        Assert.Contains("--web.listen-address=[::]:9090", manifests.Get("StatefulSet", "aura-logs-prometheus").ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(("::", "::"), (environment["AuraLogs__Forward__Address"], environment["AuraLogs__Operations__Address"]));
    }
}
