using System.Text.Json.Nodes;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>The pod of <c>helm test</c>: what it sends and how it finds it, with the real sh and curl and AuraLogs itself.</summary>
public sealed class HelmTestTests
{
    private static readonly string Script = Repository.PathOf("deploy", "helm", "aura-logs", "files", "tests", "find.sh");

    [FactWith("shellcheck")]
    public Task Shellcheck_finds_nothing_to_complain_about() => Harness.Script.RunAsync("shellcheck", [Script]);

    [TheoryWith("helm", "kubectl")]
    [InlineData("platform")]
    [InlineData("everything")]
    [InlineData("external")]
    public async Task It_is_a_test_hook_that_sends_as_the_daemonset_does_and_may_reach_what_it_needs(string profile)
    {
        var manifests = await Chart.RenderAsync(profile);
        var pod = manifests.Get("Pod", "aura-logs-test");

        Assert.Equal("test", (string?)pod["metadata"]!["annotations"]!["helm.sh/hook"]);
        Assert.Equal("Always", (string?)pod["spec"]!["initContainers"]![0]!["restartPolicy"]);
        Assert.Equal(manifests.ConfigFile("aura-logs-fluent-bit", "upstream.yaml"), manifests.ConfigFile("aura-logs-test", "upstream.yaml"));
        var policies = manifests.OfKind("NetworkPolicy").ToList();
        Assert.NotEmpty(policies);
        Assert.All(policies, policy => Assert.Contains(
            Manifests.Items(policy["spec"]!["ingress"]).SelectMany(rule => Manifests.Items(rule["from"])),
            peer => (string?)peer["podSelector"]?["matchLabels"]?["app.kubernetes.io/name"] == (string?)pod["metadata"]!["labels"]!["app.kubernetes.io/name"]));
    }

    [FactWith("helm", "kubectl", "sh", "curl")]
    public async Task It_succeeds_once_the_event_is_found_and_fails_when_it_is_not()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path);
        var (dummy, find) = await RenderedAsync();
        const string Id = "0f9f3a0e-6a55-4a0e-9f53-6f1d2b1c0a11";
        var environment = new Dictionary<string, string>(find)
        {
            ["TEST_ID"] = Id,
            ["URLS"] = service.Elasticsearch.GetLeftPart(UriPartial.Authority),
            ["PAUSE_SECONDS"] = "1",
        };

        var missing = await Assert.ThrowsAnyAsync<Exception>(
            () => Harness.Script.RunAsync("sh", [Script], new Dictionary<string, string>(environment) { ["WAIT_SECONDS"] = "2" }));
        Assert.Contains($"The event {Id} was not found within 2 s", missing.Message, StringComparison.Ordinal);
        await SendAsync(service.ForwardPort, JsonNode.Parse(dummy.Replace("${TEST_ID}", Id, StringComparison.Ordinal))!);
        var found = await Harness.Script.RunAsync("sh", [Script], environment, TimeSpan.FromMinutes(3));

        Assert.Contains($"The event {Id} was found once", found, StringComparison.Ordinal);
        await SendAsync(service.ForwardPort, JsonNode.Parse(dummy.Replace("${TEST_ID}", Id, StringComparison.Ordinal))!);
        using var search = new SearchClient(service.Elasticsearch);
        await search.WaitForCountAsync(2, service);
        var twice = await Assert.ThrowsAnyAsync<Exception>(() => Harness.Script.RunAsync("sh", [Script], environment));
        Assert.Contains("was found more than once", twice.Message, StringComparison.Ordinal);
    }

    /// <summary>The event that Fluent Bit's input makes, and the plain variables of the container that looks for it.</summary>
    private static async Task<(string Dummy, Dictionary<string, string> Find)> RenderedAsync()
    {
        var manifests = await Chart.RenderAsync("external");
        var dummy = Assert.Single(
            manifests.ConfigFile("aura-logs-test", "send.yaml").Split('\n'), line => line.TrimStart().StartsWith("dummy: '", StringComparison.Ordinal));
        var find = Manifests.Items(manifests.Get("Pod", "aura-logs-test")["spec"]!["containers"]![0]!["env"])
            .Where(variable => variable["value"] is not null).ToDictionary(variable => (string)variable["name"]!, variable => (string)variable["value"]!);
        return (dummy.Trim()["dummy: '".Length..^1], new(find) { ["CA_FILE"] = "" });
    }

    /// <summary>A message of the forward protocol without a chunk id: two of them are two events.</summary>
    private static async Task SendAsync(int port, JsonNode record)
    {
        var message = new MessagePackBuilder().Array(3).Text("helm-test").Integer(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).Map(record.AsObject().Count);
        foreach (var (name, value) in record.AsObject())
            message.Text(name).Text((string)value!);
        using var client = await ForwardClient.ConnectAsync(port);
        await client.SendAsync(message.Bytes);
        client.Finish();
        Assert.True(await client.IsClosedByServerAsync(TimeSpan.FromSeconds(30)));
    }
}
