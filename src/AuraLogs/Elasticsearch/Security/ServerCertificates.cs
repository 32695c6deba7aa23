using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AuraLogs.Secrets;

namespace AuraLogs.Elasticsearch.Security;

/// <summary>Decides whether a node's certificate is trusted: by the given authorities, by a fingerprint, or as the system does.</summary>
internal sealed class ServerCertificates(ElasticsearchOptions options, TimeProvider time)
{
    private const int FingerprintBytes = 32;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly SecretFile? _authorities =
        options.CertificateAuthority.Length > 0 ? new SecretFile(options.CertificateAuthority, time) : null;

    private readonly byte[]? _fingerprint = TryParseFingerprint(options.CertificateFingerprint, out var bytes) ? bytes : null;

    public static bool TryParseFingerprint(string text, out byte[] fingerprint)
    {
        fingerprint = new byte[FingerprintBytes];
        var digits = text.Replace(":", "", StringComparison.Ordinal);
        return digits.Length == 2 * FingerprintBytes
            && Convert.FromHexString(digits, fingerprint, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    /// <summary>The next connection looks at the file.</summary>
    public void Expire() => _authorities?.Expire();

    public SslClientAuthenticationOptions ToSslOptions() =>
        new() { RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors) };

    private bool IsTrusted(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf || presented is null)
            return false;
        if (_fingerprint is not null)
            return HasFingerprint(leaf) || IsSignedByPinned(leaf, presented);
        if (_authorities is null)
            return errors == SslPolicyErrors.None;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(_authorities.Read());
        return (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None && IsSignedBy(leaf, presented, authorities);
    }

    /// <summary>
    /// That the node sends a certificate with the fingerprint says nothing, for anybody can send it: the node's own must be signed by it.
    /// </summary>
    private bool IsSignedByPinned(X509Certificate2 leaf, X509Chain presented)
    {
        var sent = presented.ChainElements.Select(element => element.Certificate).Concat(presented.ChainPolicy.ExtraStore);
        return sent.FirstOrDefault(HasFingerprint) is { } pinned && IsSignedBy(leaf, presented, [pinned]);
    }

    private bool HasFingerprint(X509Certificate2 certificate) =>
        CryptographicOperations.FixedTimeEquals(certificate.GetCertHash(HashAlgorithmName.SHA256), _fingerprint);

    private static bool IsSignedBy(X509Certificate2 leaf, X509Chain presented, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);

        // The authority may sign clients' certificates too: they must not pass for a node's.
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        foreach (var element in presented.ChainElements)
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(leaf);
    }
}
