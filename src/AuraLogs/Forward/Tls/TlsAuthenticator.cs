using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AuraLogs.Forward.Refusing;

namespace AuraLogs.Forward.Tls;

/// <summary>
/// Opens TLS on connections, with the certificates that the files hold now: cert-manager replaces them in place, also the
/// three not at the same instant, so what can't be used yet is left for the next look.
/// </summary>
internal sealed class TlsAuthenticator(ForwardTlsOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private TlsIdentity _identity = new(options);
    private long _lookedAt = time.GetTimestamp();

    /// <exception cref="ForwardRefusedException">TLS was not agreed on; it says why.</exception>
    public async Task<SslStream> AuthenticateAsync(Stream plain, CancellationToken cancellationToken)
    {
        var identity = CurrentIdentity();
        var stream = new SslStream(plain);
        bool isCertificateRefused = false;
        var server = ToServerOptions(identity, () => isCertificateRefused = true);
        try
        {
            await stream.AuthenticateAsServerAsync(server, cancellationToken);
            return stream;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            throw new ForwardRefusedException(isCertificateRefused ? Refusal.TlsCertificate : ReasonOf(e), 0);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Looks at the files now, not when the next connection comes.</summary>
    public void Reload()
    {
        lock (_lock)
            _lookedAt = long.MinValue / 2;
        CurrentIdentity();
    }

    public void Dispose() => _identity.Dispose();

    /// <summary>The library knows more than its exception's type says; its text names the alert or the error of OpenSSL.</summary>
    internal static Refusal ReasonOf(Exception exception)
    {
        string text = "";
        for (Exception? e = exception; e is not null; e = e.InnerException)
            text += e.Message;
        if (text.Contains("protocol", StringComparison.OrdinalIgnoreCase) && !text.Contains("alert", StringComparison.OrdinalIgnoreCase)
            || text.Contains("protocol version", StringComparison.OrdinalIgnoreCase) || text.Contains("no shared cipher", StringComparison.OrdinalIgnoreCase))
            return Refusal.TlsProtocol;
        if (text.Contains("did not return a certificate", StringComparison.OrdinalIgnoreCase))
            return Refusal.TlsCertificate;
        return text.Contains("alert", StringComparison.OrdinalIgnoreCase)
            && (text.Contains("certificate", StringComparison.OrdinalIgnoreCase) || text.Contains("unknown ca", StringComparison.OrdinalIgnoreCase))
                ? Refusal.TlsCertificateRefused
                : Refusal.TlsFailed;
    }

    private SslServerAuthenticationOptions ToServerOptions(TlsIdentity identity, Action refuseCertificate) => new()
    {
        ServerCertificateContext = identity.Context,
        ClientCertificateRequired = identity.ClientAuthorities is not null,
        EnabledSslProtocols = options.MinimumVersion == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, sent, _) =>
        {
            if (identity.ClientAuthorities is null || certificate is X509Certificate2 client && IsTrusted(client, sent, identity.ClientAuthorities))
                return true;
            refuseCertificate();
            return false;
        },
    };

    private static bool IsTrusted(X509Certificate2 client, X509Chain? sent, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain.Build(client);
    }

    private TlsIdentity CurrentIdentity()
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_lookedAt) < BetweenLooks)
                return _identity;
            _lookedAt = time.GetTimestamp();
            try
            {
                if (!_identity.IsCurrent(options))
                {
                    // The one before is not disposed: handshakes may still use it. The collector takes it.
                    _identity = new TlsIdentity(options);
                    logger.CertificatesReloaded(_identity.Certificate.NotAfter.ToUniversalTime());
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
            {
                logger.CertificatesNotReloaded(e.Message);
            }

            return _identity;
        }
    }
}
