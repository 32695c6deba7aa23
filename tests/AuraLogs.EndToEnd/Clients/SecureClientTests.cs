using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using AuraLogs.EndToEnd.Deploy;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Clients;

/// <summary>A client library over TLS, with the handshake: shared key, user and password.</summary>
public sealed class SecureClientTests
{
    private const int Count = 100;

    [FactWith("node", "node_modules/@fluent-org/logger")]
    public async Task Node_fluent_logger_comes_in_with_the_key_and_the_password_only()
    {
        using var directory = new TemporaryDirectory();
        string certificateFile = Path.Combine(directory.Path, "server.crt");
        string keyFile = Path.Combine(directory.Path, "server.key");
        using (var certificate = TestCertificate.Create())
        {
            await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(keyFile, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }

        await using var service = await ServiceProcess.StartAsync(
            directory.Path,
            ("AuraLogs:Forward:PlainText", "false"),
            ("AuraLogs:Forward:Tls:Port", "0"),
            ("AuraLogs:Forward:Tls:CertificateFile", certificateFile),
            ("AuraLogs:Forward:Tls:KeyFile", keyFile),
            ("AuraLogs:Forward:Security:SharedKey", "the-key"),
            ("AuraLogs:Forward:Security:Users:0:Username", "ann"),
            ("AuraLogs:Forward:Security:Users:0:Password", "the-password"));
        using var search = new SearchClient(service.Elasticsearch);

        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(service, certificateFile, "another-key", "the-password"));
        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(service, certificateFile, "the-key", "another-password"));
        Assert.Contains("all acknowledged", await SendAsync(service, certificateFile, "the-key", "the-password"), StringComparison.Ordinal);

        await search.WaitForCountAsync(Count, service);
        await ServiceStatus.AssertBalancedAsync(service, received: Count, indexed: Count);
        using var http = new HttpClient { BaseAddress = service.Operations };
        var metrics = await http.GetStringAsync("/metrics");
        foreach (var reason in (string[])["handshake_key", "handshake_password"])
            Assert.Matches($@"auralogs_forward_refused_total\{{[^}}]*reason=""{reason}""[^}}]*\}} [1-9]", metrics);
        Assert.DoesNotContain("the-key", service.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("the-password", service.Output, StringComparison.Ordinal);
    }

    private static Task<string> SendAsync(ServiceProcess service, string authority, string key, string password) => Script.RunAsync(
        "node",
        [
            Path.Combine(AppContext.BaseDirectory, "Clients", "send-secure.js"),
            service.ForwardPort.ToString(CultureInfo.InvariantCulture), Count.ToString(CultureInfo.InvariantCulture), authority, key, password,
        ],
        new Dictionary<string, string> { ["NODE_PATH"] = Path.Combine(Tools.Directory, "node_modules") });
}
