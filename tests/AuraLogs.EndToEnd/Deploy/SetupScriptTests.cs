using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using AuraLogs.EndToEnd.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>The script that gives Kibana its password and AuraLogs its user, run by the real bash and curl against a TLS server.</summary>
public sealed class SetupScriptTests
{
    private static readonly string Script = Repository.PathOf("deploy", "helm", "aura-logs", "files", "elasticsearch", "setup.sh");

    [FactWith("shellcheck")]
    public Task Shellcheck_finds_nothing_to_complain_about() => Harness.Script.RunAsync("shellcheck", [Script]);

    [FactWith("bash", "curl")]
    public async Task It_waits_for_Elasticsearch_and_then_says_who_may_do_what()
    {
        var calls = new ConcurrentQueue<(string Request, string? Authorization, string Body)>();
        var healthChecks = 0;
        using var directory = new TemporaryDirectory();
        using var certificate = TestCertificate.Create();
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "ca.crt"), certificate.ExportCertificatePem());
        await using var elasticsearch = await StartAsync(certificate, async context =>
        {
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            var health = context.Request.Path.StartsWithSegments("/_cluster/health");
            if (health && ++healthChecks < 2)
                context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            else if (!health)
                calls.Enqueue(($"{context.Request.Method} {context.Request.Path}", context.Request.Headers.Authorization, body));
            await context.Response.WriteAsync("{}");
        });

        await Harness.Script.RunAsync("bash", [Script], Environment(elasticsearch, directory));

        Assert.Equal(2, healthChecks);
        Assert.Equal(
            ["POST /_security/user/kibana_system/_password", "PUT /_security/role/auralogs", "PUT /_security/user/auralogs"],
            calls.Select(call => call.Request));
        var administrator = Convert.ToBase64String(Encoding.UTF8.GetBytes("elastic:first"));
        Assert.All(calls, call => Assert.Equal($"Basic {administrator}", call.Authorization));
        var bodies = calls.Select(call => JsonDocument.Parse(call.Body).RootElement).ToList();
        Assert.Equal("second", bodies[0].GetProperty("password").GetString());
        var rights = bodies[1].GetProperty("indices").EnumerateArray().Select(right => (Names: Texts(right, "names"), Privileges: Texts(right, "privileges"))).ToList();
        Assert.Equal(["aura-services-*", "aura-dead-letters-*", "restored-aura-services-*"], rights[0].Names);
        Assert.Equal(["aura-dead-letters-*"], rights[1].Names);
        Assert.Equal(["delete"], rights[1].Privileges);
        Assert.Equal(["create_doc", "create_index", "manage", "monitor", "read", "view_index_metadata"], rights[0].Privileges.Order());
        Assert.Equal("third", bodies[2].GetProperty("password").GetString());
        Assert.Equal(["auralogs"], bodies[2].GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
    }

    private static string[] Texts(JsonElement right, string name) => [.. right.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];

    [FactWith("bash", "curl")]
    public async Task It_fails_when_Elasticsearch_refuses()
    {
        using var directory = new TemporaryDirectory();
        using var certificate = TestCertificate.Create();
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "ca.crt"), certificate.ExportCertificatePem());
        await using var elasticsearch = await StartAsync(certificate, context =>
        {
            if (!context.Request.Path.StartsWithSegments("/_cluster/health"))
                context.Response.StatusCode = (int)HttpStatusCode.Forbidden;
            return context.Response.WriteAsync("{}");
        });

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => Harness.Script.RunAsync("bash", [Script], Environment(elasticsearch, directory)));

        Assert.Contains("403", refusal.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Environment(WebApplication elasticsearch, TemporaryDirectory directory) => new()
    {
        ["ELASTICSEARCH_URL"] = elasticsearch.Urls.Single(),
        ["CA_FILE"] = Path.Combine(directory.Path, "ca.crt"),
        ["ELASTIC_PASSWORD"] = "first",
        ["KIBANA_SYSTEM_PASSWORD"] = "second",
        ["AURALOGS_PASSWORD"] = "third",
        ["WAIT_SECONDS"] = "0.1",
    };

    private static async Task<WebApplication> StartAsync(X509Certificate2 certificate, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return server;
    }
}
