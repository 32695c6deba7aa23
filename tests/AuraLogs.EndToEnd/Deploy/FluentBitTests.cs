using System.Text.Json.Nodes;
using AuraLogs.EndToEnd.Harness;
using YamlDotNet.Serialization;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>The settings of the senders that the promise depends on. Fluent Bit's defaults void it.</summary>
public sealed class FluentBitTests
{
    private const string Map = $"{Chart.Release}-fluent-bit";

    public static TheoryData<string> Configurations => ["small", "platform", "everything", "external", "docker"];

    [TheoryWith("helm", "kubectl")]
    [MemberData(nameof(Configurations))]
    public async Task A_chunk_is_on_disk_before_it_is_sent_and_until_it_is_acknowledged(string configuration)
    {
        var (main, upstream) = await ReadAsync(configuration);
        var service = main["service"]!;

        Assert.StartsWith("/var/lib/fluent-bit/", Text(service, "storage.path"), StringComparison.Ordinal);
        Assert.Equal("full", Text(service, "storage.sync"));
        // A kill finds chunks whose checksum is not written yet, and they are thrown away at the next start.
        Assert.Null(service["storage.checksum"]);
        // Nothing is read in it, while files are rotated.
        Assert.InRange(int.Parse(Text(service, "grace")!, null), 1, 5);
        foreach (var input in Manifests.Items(main["pipeline"]!["inputs"]))
        {
            Assert.Equal("filesystem", Text(input, "storage.type"));
            Assert.StartsWith("/var/lib/fluent-bit/", Text(input, "db"), StringComparison.Ordinal);
            Assert.Equal("true", Text(input, "read_from_head"));
            Assert.Equal("docker, cri", Text(input, "multiline.parser"));
            // Else a line that is too long would end the reading of its file.
            Assert.Equal("true", Text(input, "skip_long_lines"));
            Assert.InRange(int.Parse(Text(input, "refresh_interval")!, null), 1, 10);
        }

        foreach (var filter in Manifests.Items(main["pipeline"]!["filters"]).Where(filter => Text(filter, "name") == "multiline"))
            Assert.Equal("filesystem", Text(filter, "emitter_storage.type"));
        foreach (var output in Manifests.Items(main["pipeline"]!["outputs"]))
        {
            Assert.Equal("forward", Text(output, "name"));
            Assert.Equal("no_limits", Text(output, "retry_limit"));
            // It would drop the oldest chunks.
            Assert.Null(output["storage.total_limit_size"]);
            // A full queue would get every chunk again and again, each time on a new connection.
            Assert.Null(output["net.io_timeout"]);
            Assert.Equal(
                "on 30 10 3",
                $"{Text(output, "net.tcp_keepalive")} {Text(output, "net.tcp_keepalive_time")} {Text(output, "net.tcp_keepalive_interval")} {Text(output, "net.tcp_keepalive_probes")}");
            // With an upstream, the output's own settings of the connection count for nothing.
            var connections = upstream is null ? [output] : Nodes(upstream);
            Assert.NotEmpty(connections);
            Assert.All(connections, connection => Assert.Equal("true", Text(connection, "require_ack_response")));
        }
    }

    [TheoryWith("helm", "kubectl")]
    [InlineData("small", 1, "24224")]
    [InlineData("platform", 2, "24224")]
    [InlineData("everything", 3, "24225")]
    public async Task The_upstream_names_every_replica_by_the_headless_service(string profile, int replicas, string port)
    {
        var manifests = await Chart.RenderAsync(profile);
        var (main, upstream) = await ReadAsync(profile);
        var set = manifests.Get("StatefulSet", Chart.Release)["spec"]!;
        var service = manifests.Get("Service", (string)set["serviceName"]!);

        Assert.Equal("/fluent-bit/config/upstream.yaml", Text(main["pipeline"]!["outputs"]![0]!, "upstream"));
        Assert.Equal("None", (string?)service["spec"]!["clusterIP"]);
        Assert.Equal(replicas, (int)set["replicas"]!);
        Assert.Contains(Manifests.Items(service["spec"]!["ports"]), exposed => exposed["port"]!.ToString() == port);
        Assert.Equal(
            Enumerable.Range(0, replicas).Select(i => $"{Chart.Release}-{i}.{Manifests.NameOf(service)}.{Chart.Namespace}.svc:{port}"),
            Nodes(upstream!).Select(node => $"{Text(node, "host")}:{Text(node, "port")}"));
    }

    [FactWith("helm", "kubectl")]
    public async Task Pods_can_name_a_parser_and_their_labels_are_looked_up_again()
    {
        var (main, _) = await ReadAsync("platform");
        var kubernetes = Assert.Single(Manifests.Items(main["pipeline"]!["filters"]), filter => Text(filter, "name") == "kubernetes");

        Assert.Equal("true", Text(kubernetes, "k8s-logging.parser"));
        Assert.Equal("/fluent-bit/etc/parsers.conf", Text(main["service"]!, "parsers_file"));
        Assert.Equal("5m", Text(kubernetes, "kube_meta_cache_ttl"));
    }

    [FactWith("helm", "kubectl")]
    public async Task The_shared_key_and_the_authority_reach_the_senders_too()
    {
        var (_, upstream) = await ReadAsync("everything");
        var pod = (await Chart.RenderAsync("everything")).Get("DaemonSet", Map)["spec"]!["template"]!;
        var container = Assert.Single(Manifests.Containers(pod));

        Assert.All(Nodes(upstream!), node => Assert.Equal("${AURALOGS_SHARED_KEY}", Text(node, "shared_key")));
        Assert.Contains(Manifests.Items(container["env"]), variable => (string?)variable["name"] == "AURALOGS_SHARED_KEY");
        Assert.All(Nodes(upstream!), node => Assert.Equal("on on on", $"{Text(node, "tls")} {Text(node, "tls.verify")} {Text(node, "tls.verify_hostname")}"));
        Assert.Contains(Manifests.Items(container["volumeMounts"]), mount => (string?)mount["mountPath"] == "/fluent-bit/tls");
    }

    [FactWith("helm", "kubectl")]
    public async Task What_it_keeps_is_on_the_node_and_what_it_reads_is_mounted()
    {
        var pod = (await Chart.RenderAsync("platform")).Get("DaemonSet", Map)["spec"]!["template"]!["spec"]!;
        var (main, _) = await ReadAsync("platform");
        var mounts = Manifests.Items(pod["containers"]![0]!["volumeMounts"]).ToDictionary(mount => (string)mount["mountPath"]!, mount => (string)mount["name"]!);

        Assert.NotNull(Assert.Single(Manifests.Items(pod["volumes"]), volume => (string?)volume["name"] == mounts["/var/lib/fluent-bit"])["hostPath"]);
        Assert.Contains("/var/log", mounts.Keys);
        Assert.Contains("/var/lib/docker/containers", mounts.Keys);
        Assert.True((int)pod["terminationGracePeriodSeconds"]! > 2 * int.Parse(Text(main["service"]!, "grace")!, null));
    }

    /// <summary>It ends with 1 for a property that it doesn't know; the upstream is read only when it runs.</summary>
    [TheoryWith("helm", "kubectl", "fluent-bit")]
    [MemberData(nameof(Configurations))]
    public async Task Fluent_Bit_itself_takes_the_configuration(string configuration)
    {
        using var directory = new TemporaryDirectory();
        var main = Path.Combine(directory.Path, "fluent-bit.yaml");
        await File.WriteAllTextAsync(
            main, (await TextAsync(configuration, "fluent-bit.yaml"))
                .Replace("/fluent-bit/config/", $"{directory.Path}/", StringComparison.Ordinal)
                .Replace("/fluent-bit/etc/", $"{directory.Path}/", StringComparison.Ordinal)
                .Replace("/var/lib/fluent-bit/", $"{directory.Path}/", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "parsers.conf"), "[PARSER]\n    Name json\n    Format json\n");
        if (configuration != "docker")
            await File.WriteAllTextAsync(Path.Combine(directory.Path, "upstream.yaml"), await TextAsync(configuration, "upstream.yaml"));

        await Script.RunAsync(
            "fluent-bit", ["--config", main, "--dry-run"],
            new Dictionary<string, string>
            {
                ["AURALOGS_HOST"] = "127.0.0.1",
                ["AURALOGS_PORT"] = "24224",
                ["AURALOGS_SHARED_KEY"] = "key",
                ["NODE_NAME"] = "node",
                ["HOST_NAME"] = "host",
            });
    }

    private static async Task<(JsonNode Main, JsonNode? Upstream)> ReadAsync(string configuration) =>
        (Parse(await TextAsync(configuration, "fluent-bit.yaml")),
            configuration == "docker" ? null : Parse(await TextAsync(configuration, "upstream.yaml")));

    private static async Task<string> TextAsync(string configuration, string file) =>
        configuration == "docker"
            ? await File.ReadAllTextAsync(Repository.PathOf("deploy", "fluent-bit", "docker.yaml"))
            : (await Chart.RenderAsync(configuration)).ConfigFile(Map, file);

    private static JsonNode Parse(string yaml) =>
        JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(new Deserializer().Deserialize(new StringReader(yaml))!))!;

    private static List<JsonNode> Nodes(JsonNode upstream) => [.. Manifests.Items(upstream["upstream_servers"]![0]!["nodes"])];

    private static string? Text(JsonNode section, string key) => (string?)section[key];
}
