using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AuraLogs.EndToEnd.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>
/// The script that resizes volume claims before an upgrade, run by the real sh and curl with the sets and rights of the rendered Job, against
/// a server that answers as the Kubernetes API does: it refuses what the Job's Role does not name.
/// </summary>
public sealed class ResizeScriptTests : IAsyncDisposable
{
    private static readonly string Script = Repository.PathOf("deploy", "helm", "aura-logs", "files", "volumes", "resize.sh");

    private readonly ConcurrentDictionary<string, string> _claims = new();
    private readonly ConcurrentDictionary<string, string> _sets = new();
    private readonly ConcurrentQueue<string> _changes = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly X509Certificate2 _certificate = TestCertificate.Create();
    private JsonNode? _role;
    private WebApplication? _api;
    private string? _refusedClaim;

    [FactWith("shellcheck")]
    public Task Shellcheck_finds_nothing_to_complain_about() => Harness.Script.RunAsync("shellcheck", [Script]);

    [FactWith("helm", "kubectl", "sh", "curl")]
    public async Task Nothing_happens_when_no_size_changed()
    {
        await InstallAsync("20Gi");

        await RunAsync("auralogs.storage=20Gi");

        Assert.Empty(_changes);
    }

    [FactWith("helm", "kubectl", "sh", "curl")]
    public async Task Claims_grow_and_their_set_makes_room_for_a_new_one_without_its_pods()
    {
        await InstallAsync("20Gi");

        await RunAsync("auralogs.storage=30Gi");

        Assert.Equal(
            ["data-aura-logs-0 30Gi", "data-aura-logs-1 30Gi", "data-aura-logs-2 30Gi", "delete aura-logs Orphan"], _changes);
    }

    /// <summary>What a rollback over a resize is: the claims stay as large as they are.</summary>
    [FactWith("helm", "kubectl", "sh", "curl")]
    public async Task Claims_that_are_larger_keep_their_size()
    {
        await InstallAsync("30Gi");

        await RunAsync("auralogs.storage=20Gi");

        Assert.Equal(["delete aura-logs Orphan"], _changes);
        Assert.Equal("30Gi", _claims["data-aura-logs-0"]);
    }

    [FactWith("helm", "kubectl", "sh", "curl")]
    public async Task Nothing_is_changed_when_one_claim_can_not_be_resized()
    {
        await InstallAsync("20Gi");
        _refusedClaim = "data-aura-logs-2";

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync("auralogs.storage=30Gi"));

        Assert.Contains("No volume claim and no StatefulSet has been changed.", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("only dynamically provisioned pvc can be resized", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_changes);
    }

    [FactWith("helm", "kubectl", "sh", "curl")]
    public async Task Before_the_first_installation_there_is_nothing_to_do()
    {
        await StartAsync();

        await RunAsync("auralogs.storage=20Gi");

        Assert.Empty(_changes);
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();
        _certificate.Dispose();
        _directory.Dispose();
    }

    /// <summary>What an installation of the profile leaves in the cluster, AuraLogs with that size.</summary>
    private async Task InstallAsync(string size)
    {
        await StartAsync();
        foreach (var set in (await RenderAsync($"auralogs.storage={size}")).OfKind("StatefulSet"))
        {
            _sets[Manifests.NameOf(set)] = set.ToJsonString();
            var claim = (string)set["spec"]!["volumeClaimTemplates"]![0]!["spec"]!["resources"]!["requests"]!["storage"]!;
            for (var replica = 0; replica < (int)set["spec"]!["replicas"]!; replica++)
                _claims[$"data-{Manifests.NameOf(set)}-{replica}"] = claim;
        }
    }

    private async Task RunAsync(string values)
    {
        var manifests = await RenderAsync(values);
        _role = Assert.Single(manifests.OfKind("Role"), role => Manifests.NameOf(role) == "aura-logs-volume-resize");
        var job = Assert.Single(manifests.OfKind("Job"), job => Manifests.NameOf(job) == "aura-logs-volume-resize");
        var environment = Manifests.Items(job["spec"]!["template"]!["spec"]!["containers"]![0]!["env"])
            .ToDictionary(variable => (string)variable["name"]!, variable => (string)variable["value"]!);
        environment["API"] = _api!.Urls.Single();
        environment["ACCOUNT_DIRECTORY"] = _directory.Path;
        environment["WAIT_SECONDS"] = "0.05";
        await Harness.Script.RunAsync("sh", [Script], environment);
    }

    private static Task<Manifests> RenderAsync(string values) =>
        Chart.RenderAsync(Chart.Folder, ["--values", Chart.ProfileFile("everything"), "--set", values]);

    private async Task StartAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.Path, "ca.crt"), _certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(_directory.Path, "token"), "token");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _api = builder.Build();
        _api.Run(AnswerAsync);
        await _api.StartAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var parts = context.Request.Path.Value!.Split('/');
        var (kind, name, verb) = (parts[^2], parts[^1], context.Request.Method);
        Assert.Equal("Bearer token", context.Request.Headers.Authorization);
        Assert.Equal(Chart.Namespace, parts[^3]);
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
        var (status, answer) = !IsAllowed(kind, name, verb.ToLowerInvariant())
            ? (403, $"{kind} \\\"{name}\\\" is forbidden")
            : (kind, verb) switch
            {
                ("statefulsets", "GET") => _sets.TryGetValue(name, out var set) ? (200, set) : (404, "not found"),
                ("statefulsets", "DELETE") => Delete(name, body),
                ("persistentvolumeclaims", "PATCH") => Patch(name, body, context.Request.Query["dryRun"] == "All"),
                _ => (405, "method not allowed"),
            };
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(status == 200 ? answer : $$"""{"kind":"Status","message":"{{answer}}","code":{{status}}}""");
    }

    private bool IsAllowed(string kind, string name, string method) => Manifests.Items(_role!["rules"]).Any(rule =>
        Manifests.Items(rule["resources"]).Any(resource => (string?)resource == kind)
        && Manifests.Items(rule["verbs"]).Any(verb => (string?)verb == method)
        && Manifests.Items(rule["resourceNames"]).Any(allowed => (string?)allowed == name));

    private (int Status, string Answer) Delete(string name, string body)
    {
        _changes.Enqueue($"delete {name} {(string?)JsonNode.Parse(body)!["propagationPolicy"]}");
        return _sets.TryRemove(name, out _) ? (200, "{}") : (404, "not found");
    }

    private (int Status, string Answer) Patch(string name, string body, bool dryRun)
    {
        if (!_claims.TryGetValue(name, out var old))
            return (404, "not found");
        var size = (string)JsonNode.Parse(body)!["spec"]!["resources"]!["requests"]!["storage"]!;
        if (size == old)
            return (200, "{}");
        if (name == _refusedClaim)
            return (403, "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
        if (int.Parse(size[..^2], null) < int.Parse(old[..^2], null))
            return (422, "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity");
        if (!dryRun)
        {
            _claims[name] = size;
            _changes.Enqueue($"{name} {size}");
        }

        return (200, "{}");
    }
}
