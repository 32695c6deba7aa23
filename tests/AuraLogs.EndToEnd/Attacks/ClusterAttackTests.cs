using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>Who stands in Elasticsearch's place, or before it.</summary>
[Collection(nameof(Siege))]
public sealed class ClusterAttackTests : IDisposable
{
    private const string Password = "a password that nobody hears";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Answers_without_an_end()
    {
        using var endless = new EndlessAnswers();
        await using var service = await StartAsync(endless.Url);
        var footprint = new Footprint(service);
        var sender = new ReliableSender("good", () => service.ForwardPort, eventsPerChunk: 1000);
        using var end = new CancellationTokenSource(Siege.Duration);
        await sender.RunAsync(end.Token);
        await Wait.UntilAsync(() => Task.FromResult(endless.Given), given => given >= 10, explain: () => service.Output);

        await footprint.DisposeAsync();
        Assert.InRange(footprint.MostBytes, 1, 256 << 20);
        await AssertNothingIsLostAsync(service, sender.Acknowledged * 1000L);
    }

    /// <summary>Each became a dead letter in memory at once, whether there was a cluster to take it or not.</summary>
    [Fact]
    public async Task Nobody_while_messages_become_dead_letters()
    {
        const int Messages = 40;
        await using var service = await StartAsync("http://127.0.0.1:1");
        await using var footprint = new Footprint(service);
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var message = Hostile.Alternating(4_200_000);
        for (var number = 0; number < Messages; number++)
            await Hostile.SendAsync(service.ForwardPort, message, end.Token);

        await footprint.DisposeAsync();
        Assert.InRange(footprint.MostBytes, 1, 256 << 20);
        Assert.InRange(ServiceStatus.Of(await ServiceStatus.LedgerAsync(service), "queued"), Messages, long.MaxValue);
    }

    /// <summary>Made dead letters of 1,564 healthy events once.</summary>
    [LongAttack]
    public async Task A_proxy_that_finds_everything_too_large()
    {
        var (refusing, requests) = (1, 0);
        await using var cluster = await FakeCluster.StartAsync((path, body) =>
        {
            var isBulk = path.Contains("_bulk", StringComparison.Ordinal);
            if (isBulk && Interlocked.Increment(ref requests) > 20 && Volatile.Read(ref refusing) == 1)
                return (413, "<html>too large</html>");
            var items = body.Split('\n').Count(line => line.StartsWith("{\"create\"", StringComparison.Ordinal));
            return (200, isBulk ? $$"""{"errors":false,"items":[{{string.Join(',', Enumerable.Repeat("{\"create\":{\"status\":201}}", items))}}]}""" : """{"version":{"number":"8.19.0"}}""");
        });
        await using var service = await StartAsync(cluster.Url, ("AuraLogs:Indexing:SlowRetryDelay", "00:00:00.200"));
        var sender = new ReliableSender("good", () => service.ForwardPort, eventsPerChunk: 10);
        using var end = new CancellationTokenSource(Siege.Duration);
        await sender.RunAsync(end.Token);
        await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref requests)), count => count > 40, explain: () => service.Output);
        await AssertNothingIsLostAsync(service, sender.Acknowledged * 10L);

        Volatile.Write(ref refusing, 0);
        await ServiceStatus.AssertBalancedAsync(service, sender.Acknowledged * 10L, sender.Acknowledged * 10L);
    }

    /// <summary>It got the credentials once.</summary>
    [Fact]
    public async Task A_server_with_a_certificate_for_clients()
    {
        using var authority = Certificate("CN=authority", null, usage: null);
        using var certificate = Certificate("CN=client", authority, "1.3.6.1.5.5.7.3.2");
        var authorityFile = Path.Combine(_directory.Path, "authority.pem");
        await File.WriteAllTextAsync(authorityFile, authority.ExportCertificatePem());
        using var impostor = new TcpListener(IPAddress.Loopback, 0);
        impostor.Start();
        using var end = new CancellationTokenSource(Siege.Duration);
        var (heard, connections) = (new StringBuilder(), 0);
        var listening = ListenAsync();
        await using var service = await StartAsync(
            $"https://{impostor.LocalEndpoint}", ("AuraLogs:Elasticsearch:CertificateAuthority", authorityFile),
            ("AuraLogs:Elasticsearch:Username", "somebody"), ("AuraLogs:Elasticsearch:Password", Password));
        var sender = new ReliableSender("good", () => service.ForwardPort, eventsPerChunk: 10);
        await sender.RunAsync(end.Token);
        await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref connections)), count => count > 0, explain: () => service.Output);
        impostor.Stop();
        await listening;
        lock (heard)
            Assert.Equal("", heard.ToString());
        await AssertNothingIsLostAsync(service, sender.Acknowledged * 10L);

        async Task ListenAsync()
        {
            while (true)
            {
                try
                {
                    using var client = await impostor.AcceptTcpClientAsync();
                    Interlocked.Increment(ref connections);
                    await using var tls = new SslStream(client.GetStream());
                    await tls.AuthenticateAsServerAsync(certificate);
                    using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                    var request = new byte[4096];
                    var read = await tls.ReadAsync(request, patience.Token);
                    lock (heard)
                        heard.Append(Encoding.ASCII.GetString(request, 0, read));
                }
                catch (Exception e) when (e is System.Security.Authentication.AuthenticationException or IOException or OperationCanceledException)
                {
                    // It hung up, as it should.
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    return;
                }
            }
        }
    }

    private Task<ServiceProcess> StartAsync(string url, params (string, string)[] settings) => ServiceProcess.StartAsync(
        _directory.Path,
        new Dictionary<string, string> { ["DOTNET_PROCESSOR_COUNT"] = "8" },
        [("AuraLogs:MaxMemory", $"{144 << 20}"), ("AuraLogs:Lifecycle:Enabled", "false"), ("AuraLogs:Elasticsearch:Urls", url), .. settings]);

    private static async Task AssertNothingIsLostAsync(ServiceProcess service, long acknowledged)
    {
        using var http = new HttpClient { BaseAddress = service.Operations };
        using var health = await http.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        var ledger = await ServiceStatus.LedgerAsync(service);
        Assert.Equal(acknowledged, ServiceStatus.Of(ledger, "received"));
        Assert.Equal(0, ServiceStatus.Of(ledger, "deadLettered") + ServiceStatus.Of(ledger, "quarantined") + ServiceStatus.Of(ledger, "duplicates"));
        Assert.Equal(acknowledged, ServiceStatus.Of(ledger, "queued") + ServiceStatus.Of(ledger, "indexed"));
    }

    private static X509Certificate2 Certificate(string name, X509Certificate2? authority, string? usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddHours(12));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority is null, false, 0, true));
        if (authority is null)
            return request.CreateSelfSigned(from.AddDays(-1), to.AddDays(1));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(usage!)], false));
        using var signed = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
