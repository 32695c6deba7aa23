using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AuraLogs.Configuration;
using AuraLogs.Forward;
using AuraLogs.Forward.Tls;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Forward.Tls;

public sealed class TlsTests : IDisposable
{
    private static readonly byte[] Message = Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Pack.Map(Pack.Str("chunk"), Pack.Str("1")));

    private readonly TestCertificates _certificates = new();

    public TlsTests() => _certificates.WriteServer();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Plain_text_and_TLS_are_open_at_once_and_large_chunks_come_through_both()
    {
        await using var server = await ForwardServer.StartAsync(Configure);
        await using var plain = await server.ConnectAsync();
        await using var secure = await ConnectAsync(server, null);
        byte[] large = Pack.Array(
            Pack.Str("t"),
            Pack.Array([.. Enumerable.Range(0, 3000).Select(i => Pack.Event((uint)i, new string('x', 300)))]),
            Pack.Map(Pack.Str("chunk"), Pack.Str("large")));
        foreach (var client in (ForwardClient[])[plain, secure])
        {
            await client.SendAsync(Message, large, Message);
            foreach (string id in (string[])["1", "large", "1"])
                Assert.Equal(id, await client.ReceiveAckAsync());
        }
    }

    [Fact]
    public async Task Only_clients_with_a_certificate_of_the_authority_come_in()
    {
        await using var server = await ForwardServer.StartAsync(options =>
        {
            Configure(options);
            options.Tls.ClientCertificateAuthorityFile = _certificates.AuthorityFile;
        });
        using var strangers = new TestCertificates();
        using var good = _certificates.Issue("node", DateTimeOffset.UtcNow.AddDays(1));
        using var expired = _certificates.Issue("node", DateTimeOffset.UtcNow.AddDays(-1));
        using var strange = strangers.Issue("node", DateTimeOffset.UtcNow.AddDays(1));

        await using var client = await ConnectAsync(server, good);
        await client.SendAsync(Message);
        Assert.Equal("1", await client.ReceiveAckAsync());

        foreach (var bad in (X509Certificate2?[])[expired, strange, null])
            Assert.True(await IsRefusedAsync(server, bad));
        await Until.TrueAsync(() => server.Counts["auralogs_forward_refused_total tls_certificate"] == 3);
        Assert.Equal(1, server.Queue.Ledger.Received);
    }

    [Fact]
    public async Task Certificates_are_taken_anew_when_the_files_change_and_kept_while_they_are_broken()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var server = await ForwardServer.StartAsync(Configure, time);
        Assert.Equal("CN=server", await ServerNameAsync(server));

        _certificates.Write("server.key", "half written");
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("CN=server", await ServerNameAsync(server));
        Assert.Contains(server.LogLines(), line => line.Contains("the certificate from before stays", StringComparison.Ordinal));

        _certificates.WriteServer("renewed");
        Assert.Equal("CN=server", await ServerNameAsync(server));
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("CN=renewed", await ServerNameAsync(server));
    }

    [Fact]
    public async Task Stopping_acknowledges_what_came_over_TLS()
    {
        await using var server = await ForwardServer.StartAsync(Configure);
        await using var client = await ConnectAsync(server, null);
        await client.SendAsync(Message, Message[..^1]);
        await Until.TrueAsync(() => server.Counts["auralogs_forward_received_bytes_total"] == 2 * Message.Length - 1);
        await server.StopAsync();
        Assert.Equal("1", await client.ReceiveAckAsync());
        Assert.Empty(await client.ReceiveEndAsync());
    }

    [Fact]
    public async Task Who_only_looks_whether_the_port_is_open_is_not_refused()
    {
        await using var server = await ForwardServer.StartAsync(options =>
        {
            Configure(options);
            options.Security.SharedKey = "key";
        });
        foreach (var endPoint in (IPEndPoint[])[server.EndPoint, server.TlsEndPoint])
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await probe.ConnectAsync(endPoint);
        }

        await Until.TrueAsync(() => server.Counts["auralogs_forward_connections_total accepted"] == 2 && server.Counts["auralogs_forward_connections"] == 0);
        Assert.DoesNotContain(server.LogLines(), line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_minimum_version_is_kept()
    {
        await using var server = await ForwardServer.StartAsync(options =>
        {
            Configure(options);
            options.Tls.MinimumVersion = "1.3";
        });
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(server, null, SslProtocols.Tls12));
        await Until.TrueAsync(() => server.Counts["auralogs_forward_refused_total tls_protocol"] == 1);
        await using var client = await ConnectAsync(server, null, SslProtocols.Tls13);
        await client.SendAsync(Message);
        Assert.Equal("1", await client.ReceiveAckAsync());
    }

    [Fact]
    public async Task Plain_text_and_a_client_that_does_not_trust_us_are_told_apart()
    {
        await using var server = await ForwardServer.StartAsync(Configure);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.TlsEndPoint);
        await socket.SendAsync(Message);
        await Until.TrueAsync(() => server.Counts["auralogs_forward_refused_total tls_plain_text"] == 1);

        // Without the authority's certificate openssl does not accept the server's, and says so with an alert.
        var start = new ProcessStartInfo("openssl") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["s_client", "-quiet", "-verify_return_error", "-no-CAfile", "-connect", server.TlsEndPoint.ToString()])
            start.ArgumentList.Add(argument);
        using var openssl = Process.Start(start)!;
        await openssl.WaitForExitAsync();
        await Until.TrueAsync(() => server.Counts["auralogs_forward_refused_total tls_certificate_refused"] == 1);
    }

    [Fact]
    public async Task Openssl_gets_through()
    {
        await using var server = await ForwardServer.StartAsync(Configure);
        var start = new ProcessStartInfo("openssl")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])["s_client", "-quiet", "-verify_return_error", "-CAfile", _certificates.AuthorityFile, "-connect", server.TlsEndPoint.ToString()])
            start.ArgumentList.Add(argument);
        using var openssl = Process.Start(start)!;
        await openssl.StandardInput.BaseStream.WriteAsync(Message);
        await openssl.StandardInput.BaseStream.FlushAsync();
        await using var answers = new ForwardClient(openssl.StandardOutput.BaseStream);
        Assert.Equal("1", await answers.ReceiveAckAsync());
        openssl.Kill();
        await openssl.WaitForExitAsync();
    }

    [Fact]
    public void Files_that_can_not_be_used_are_mistakes_in_the_configuration()
    {
        using var other = new TestCertificates();
        other.WriteServer("other");
        (ForwardTlsOptions Options, string Key)[] wrong =
        [
            (new() { KeyFile = _certificates.KeyFile }, "T:CertificateFile"),
            (new() { CertificateFile = _certificates.CertificateFile }, "T:KeyFile"),
            (new() { CertificateFile = "/does/not/exist", KeyFile = _certificates.KeyFile }, "T has files"),
            (new() { CertificateFile = _certificates.CertificateFile, KeyFile = other.KeyFile }, "T has files"),
            (new() { CertificateFile = _certificates.CertificateFile, KeyFile = _certificates.KeyFile, ClientCertificateAuthorityFile = _certificates.KeyFile }, "T has files"),
            (new() { CertificateFile = _certificates.CertificateFile, KeyFile = _certificates.KeyFile, MinimumVersion = "1.1" }, "T:MinimumVersion"),
        ];
        foreach (var (options, key) in wrong)
        {
            var errors = new ConfigurationErrors();
            options.Validate("T", errors);
            Assert.StartsWith(key, Assert.Single(errors.Messages), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_chunk_whose_connection_ended_before_its_acknowledgement_is_stored_once_and_what_was_acknowledged_is_not_remembered()
    {
        await using var server = await ForwardServer.StartAsync(Configure);
        for (int connections = 1; connections <= 2; connections++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server.TlsEndPoint);
            await using (var client = new ForwardClient(await AuthenticateAsync(socket, null, SslProtocols.Tls12 | SslProtocols.Tls13)))
            {
                await client.SendAsync(Message);
                Assert.Equal("1", await client.ReceiveAckAsync());

                // The same again, without an acknowledgement.
                socket.StopHearing();
                await client.SendAsync(Message);
            }

            // An acknowledgement that was received must not be remembered: the bytes are counted below TLS, as the kernel counts them.
            await Until.TrueAsync(() => server.Counts["auralogs_forward_connections"] == 0);
            Assert.Equal(1, server.Queue.Unacknowledged.Count);
        }

        // Of four, the third was the second again.
        Assert.Equal((1, 3), (server.Counts["auralogs_forward_resent_chunks_total"], server.Queue.Ledger.Received));
    }

    private void Configure(ForwardOptions options)
    {
        options.Tls.CertificateFile = _certificates.CertificateFile;
        options.Tls.KeyFile = _certificates.KeyFile;
    }

    private async Task<ForwardClient> ConnectAsync(
        ForwardServer server, X509Certificate2? certificate, SslProtocols protocols = SslProtocols.Tls12 | SslProtocols.Tls13) =>
        new(await AuthenticateAsync(server, certificate, protocols));

    private async Task<SslStream> AuthenticateAsync(ForwardServer server, X509Certificate2? certificate, SslProtocols protocols)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.TlsEndPoint);
        return await AuthenticateAsync(socket, certificate, protocols);
    }

    private async Task<SslStream> AuthenticateAsync(Socket socket, X509Certificate2? certificate, SslProtocols protocols)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "127.0.0.1",
                EnabledSslProtocols = protocols,
                ClientCertificates = certificate is null ? null : [certificate],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { _certificates.Authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            });
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private async Task<string> ServerNameAsync(ForwardServer server)
    {
        await using var stream = await AuthenticateAsync(server, null, SslProtocols.Tls13);
        return stream.RemoteCertificate!.Subject;
    }

    /// <summary>With TLS 1.3 the client is told only when it reads.</summary>
    private async Task<bool> IsRefusedAsync(ForwardServer server, X509Certificate2? certificate)
    {
        try
        {
            await using var client = await ConnectAsync(server, certificate);
            await client.SendAsync(Message);
            await client.ReceiveAckAsync();
            return false;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return true;
        }
    }
}
