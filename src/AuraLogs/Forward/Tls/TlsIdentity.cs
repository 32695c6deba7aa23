using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AuraLogs.Forward.Tls;

/// <summary>The certificates of one moment, as their files had them.</summary>
internal sealed class TlsIdentity : IDisposable
{
    private readonly byte[] _hash;

    /// <exception cref="CryptographicException">A file holds no certificate, or the key is not the certificate's.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public TlsIdentity(ForwardTlsOptions options)
    {
        _hash = Hash(options);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.CertificateFile);
        if (chain.Count == 0)
            throw new CryptographicException($"{options.CertificateFile} holds no certificate.");
        Certificate = Join(options);
        Context = SslStreamCertificateContext.Create(Certificate, [.. chain.Skip(1)], offline: true);
        if (options.ClientCertificateAuthorityFile.Length > 0)
        {
            ClientAuthorities = [];
            ClientAuthorities.ImportFromPemFile(options.ClientCertificateAuthorityFile);
            if (ClientAuthorities.Count == 0)
                throw new CryptographicException($"{options.ClientCertificateAuthorityFile} holds no certificate.");
        }
    }

    public X509Certificate2 Certificate { get; }

    public SslStreamCertificateContext Context { get; }

    /// <summary>Null when clients need no certificate.</summary>
    public X509Certificate2Collection? ClientAuthorities { get; }

    /// <summary>Whether the files still have what they had.</summary>
    public bool IsCurrent(ForwardTlsOptions options) => _hash.AsSpan().SequenceEqual(Hash(options));

    public void Dispose() => Certificate.Dispose();

    private static X509Certificate2 Join(ForwardTlsOptions options)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException($"{options.KeyFile} is not the key of {options.CertificateFile}.", e);
        }
    }

    private static byte[] Hash(ForwardTlsOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in (string[])[options.CertificateFile, options.KeyFile, options.ClientCertificateAuthorityFile])
        {
            if (file.Length > 0)
                hash.AppendData(File.ReadAllBytes(file));
        }

        return hash.GetHashAndReset();
    }
}
