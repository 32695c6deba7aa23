using System.Net;
using System.Security.Cryptography;
using AuraLogs.Configuration;

namespace AuraLogs.Forward.Tls;

/// <summary>TLS on a port of its own: <c>AuraLogs:Forward:Tls</c>. It is open when <see cref="CertificateFile"/> is set.</summary>
internal sealed class ForwardTlsOptions
{
    /// <summary>The TCP port for TLS. Default: 24225. Range: 0 (any free one) to 65535, not that of plain text.</summary>
    public int Port { get; set; } = 24225;

    /// <summary>The server's certificate in PEM, followed by those that lead to its authority. Default: empty, no TLS. Read again when it changes.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>The certificate's private key in PEM, not encrypted. Read again when it changes.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>
    /// The authorities, in PEM, one of which must have signed the client's certificate. Default: empty, clients need none.
    /// Read again when it changes.
    /// </summary>
    public string ClientCertificateAuthorityFile { get; set; } = "";

    /// <summary>The lowest version of TLS: <c>1.2</c> (default) or <c>1.3</c>.</summary>
    public string MinimumVersion { get; set; } = "1.2";

    public bool Enabled => CertificateFile.Length > 0;

    internal void Validate(string section, ConfigurationErrors errors)
    {
        if (!Enabled)
        {
            errors.Require(
                KeyFile.Length + ClientCertificateAuthorityFile.Length == 0, $"{section}:CertificateFile", "must be set when the other files are");
            return;
        }

        errors.Require(Port is >= 0 and <= IPEndPoint.MaxPort, $"{section}:Port", "must be between 0 and 65535");
        errors.Require(KeyFile.Length > 0, $"{section}:KeyFile", "must be set");
        errors.Require(MinimumVersion is "1.2" or "1.3", $"{section}:MinimumVersion", "must be 1.2 or 1.3");
        if (KeyFile.Length == 0)
            return;
        try
        {
            using var identity = new TlsIdentity(this);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            errors.Add(section, $"has files that can't be used: {e.Message}");
        }
    }
}
