using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AuraLogs.Secrets;

namespace AuraLogs.Operations.Access;

/// <summary>
/// The token of the operations port, and the sessions that browsers get for it. A session is <c>expiry.mac</c>: the Unix second of its
/// end, and in Base64url the HMAC-SHA256 of that under a key derived from the token. So nothing is remembered, every replica
/// with the same token knows it, and replacing the token ends all sessions.
/// </summary>
internal sealed class OperationsToken(OperationsOptions options, TimeProvider time)
{
    /// <summary>A working day and some; the reader then gives the token again.</summary>
    public static readonly TimeSpan SessionLength = TimeSpan.FromHours(12);

    private static readonly byte[] SessionPurpose = "auralogs operations session v1"u8.ToArray();

    private readonly SecretFile? _file = options.TokenFile.Length > 0 ? new SecretFile(options.TokenFile, time) : null;

    /// <summary>Whether this is the token. Both are hashed, so that the comparison takes the same time whatever differs.</summary>
    public bool Matches(string presented) =>
        Current is { } token
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(presented)), SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>A session that begins now.</summary>
    public string IssueSession()
    {
        var token = Current ?? throw new InvalidOperationException("There is no token.");
        var expiry = (time.GetUtcNow() + SessionLength).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{expiry}.{Base64Url.EncodeToString(MacOf(expiry, token))}";
    }

    /// <summary>Whether this is a session of the present token that has not ended.</summary>
    public bool IsSession(string presented)
    {
        if (Current is not { } token || presented.Split('.') is not [var expiry, var mac])
            return false;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mac), Encoding.UTF8.GetBytes(Base64Url.EncodeToString(MacOf(expiry, token))))
            && long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            && time.GetUtcNow().ToUnixTimeSeconds() < end;
    }

    /// <summary>Null when there is none. A file's may have been replaced by a shorter one than the start allows: it lets nobody in.</summary>
    private string? Current =>
        (_file?.Read() ?? options.Token) is { Length: >= OperationsOptions.LeastTokenLength } token ? token : null;

    private static byte[] MacOf(string expiry, string token)
    {
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), SessionPurpose);
        return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(expiry));
    }
}
