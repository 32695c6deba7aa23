using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AuraLogs.Configuration;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Security;
using AuraLogs.Tests.Fakes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.Tests.Elasticsearch;

/// <summary>HTTPS to a server with a certificate of an authority that the system does not know.</summary>
public sealed class ServerCertificatesTests : IAsyncLifetime, IDisposable
{
    private readonly X509Certificate2 _authority = CreateAuthority("CN=Test authority");
    private readonly X509Certificate2 _stranger = CreateAuthority("CN=Another authority");
    private readonly string _file = Path.GetTempFileName();
    private X509Certificate2 _certificate = null!;
    private HttpServer _server = null!;

    public async Task InitializeAsync()
    {
        _certificate = Sign(_authority);
        _server = await HttpServer.StartAsync(
            context => context.Response.WriteAsync("{}"), listen: listen => listen.UseHttps(https => { https.ServerCertificate = _certificate; https.ServerCertificateChain = [_certificate, _authority]; }));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
        File.Delete(_file);
    }

    [Fact]
    public async Task A_certificate_of_the_given_authority_is_trusted()
    {
        await File.WriteAllTextAsync(_file, _stranger.ExportCertificatePem() + "\n" + _authority.ExportCertificatePem());
        Assert.True(await ConnectsAsync(options => options.CertificateAuthority = _file));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_not()
    {
        await File.WriteAllTextAsync(_file, _stranger.ExportCertificatePem());
        Assert.False(await ConnectsAsync(options => options.CertificateAuthority = _file));
        Assert.False(await ConnectsAsync(_ => { }));
    }

    [Fact]
    public async Task The_fingerprint_of_the_nodes_certificate_is_enough_and_another_one_is_refused()
    {
        Assert.True(await ConnectsAsync(options => options.CertificateFingerprint = _certificate.GetCertHashString(HashAlgorithmName.SHA256)));
        Assert.False(await ConnectsAsync(options => options.CertificateFingerprint = _stranger.GetCertHashString(HashAlgorithmName.SHA256)));
    }

    /// <summary>Elasticsearch sends its authority along, which a server of .NET does not: so the callback is asked directly.</summary>
    [Fact]
    public void The_fingerprint_of_the_authority_trusts_what_it_signed_and_not_what_merely_comes_with_it()
    {
        Assert.True(IsTrusted(_certificate, pinned: _authority));
        using var foreign = Sign(_stranger);
        Assert.False(IsTrusted(foreign, pinned: _authority));
        Assert.False(IsTrusted(_certificate, pinned: _stranger));

        bool IsTrusted(X509Certificate2 leaf, X509Certificate2 pinned)
        {
            var options = new ElasticsearchOptions { CertificateFingerprint = pinned.GetCertHashString(HashAlgorithmName.SHA256) };
            using var presented = new X509Chain();
            presented.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            presented.ChainPolicy.ExtraStore.Add(_authority);
            presented.ChainPolicy.ExtraStore.Add(_stranger);
            presented.Build(leaf);
            return new ServerCertificates(options, TimeProvider.System).ToSslOptions()
                .RemoteCertificateValidationCallback!(this, leaf, presented, SslPolicyErrors.RemoteCertificateChainErrors);
        }
    }

    /// <summary>One for clients alone was accepted as the node's, and the credentials were sent to whoever had it.</summary>
    [Theory]
    [InlineData("1.3.6.1.5.5.7.3.1", true)]
    [InlineData("1.3.6.1.5.5.7.3.2", false)]
    [InlineData("1.3.6.1.5.5.7.3.3", false)]
    public void A_certificate_of_the_authority_that_is_not_for_servers_is_refused(string purpose, bool isTrusted)
    {
        File.WriteAllText(_file, _authority.ExportCertificatePem());
        using var leaf = Sign(_authority, purpose);
        using var presented = new X509Chain();
        presented.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        presented.ChainPolicy.ExtraStore.Add(_authority);
        presented.Build(leaf);

        foreach (var options in (ElasticsearchOptions[])
            [
                new() { CertificateAuthority = _file },
                new() { CertificateFingerprint = _authority.GetCertHashString(HashAlgorithmName.SHA256) },
            ])
        {
            Assert.Equal(isTrusted, new ServerCertificates(options, TimeProvider.System).ToSslOptions()
                .RemoteCertificateValidationCallback!(this, leaf, presented, SslPolicyErrors.RemoteCertificateChainErrors));
        }
    }

    [Fact]
    public async Task A_file_of_authorities_that_was_replaced_is_read_again()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await File.WriteAllTextAsync(_file, _stranger.ExportCertificatePem());
        using var client = Client(options => options.CertificateAuthority = _file, time);
        Assert.False(await ConnectsAsync(client));

        await File.WriteAllTextAsync(_file, _authority.ExportCertificatePem());
        time.Advance(TimeSpan.FromSeconds(11));

        Assert.True(await ConnectsAsync(client));
    }

    [Fact]
    public void Mistakes_in_the_options_are_all_reported()
    {
        var errors = new ConfigurationErrors();
        new ElasticsearchOptions
        {
            Urls = "ftp://a, http://user:secret@b:9200",
            Username = "a",
            ApiKey = "b",
            Password = "c",
            PasswordFile = "/does/not/exist",
            CertificateAuthority = "/does/not/exist",
            CertificateFingerprint = "abc",
            RequestTimeout = TimeSpan.Zero,
            MaxResponseBytes = 1,
        }.Validate(errors);
        Assert.Equal(10, errors.Messages.Count);
        Assert.DoesNotContain(errors.Messages, message => message.Contains("secret", StringComparison.Ordinal));
    }

    private static async Task<bool> ConnectsAsync(ElasticsearchClient client)
    {
        try
        {
            using var response = await client.SendAsync(HttpMethod.Get, "/", (JsonNode?)null, default);
            return response.IsSuccess;
        }
        catch (ElasticsearchUnavailableException e)
        {
            Assert.Contains("no secure connection", e.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private async Task<bool> ConnectsAsync(Action<ElasticsearchOptions> configure)
    {
        using var client = Client(configure, TimeProvider.System);
        return await ConnectsAsync(client);
    }

    private ElasticsearchClient Client(Action<ElasticsearchOptions> configure, TimeProvider time)
    {
        var options = new ElasticsearchOptions { Urls = _server.Url.ToString() };
        configure(options);
        return new ElasticsearchClient(options, () => throw new InvalidOperationException(), time);
    }

    private static X509Certificate2 CreateAuthority(string name)
    {
        var request = new CertificateRequest(name, ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(10));
    }

    private static X509Certificate2 Sign(X509Certificate2 authority, string? purpose = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        if (purpose is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        using var signed = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(5), [1, 2, 3, 4]);
        return signed.CopyWithPrivateKey(key);
    }
}
