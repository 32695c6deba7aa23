using System.Net;
using System.Security.Cryptography;
using System.Text;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.MessagePack;

namespace AuraLogs.Forward.Security;

/// <summary>
/// The server's side of the handshake with one client. It has no input or output of its own.
/// <code>
/// server  ["HELO", {"nonce": nonce, "auth": salt, "keepalive": true}]              salt is empty when no user is asked for
/// client  ["PING", hostname, salt, sha512(salt + hostname + nonce + key), username, sha512(auth + username + password)]
/// server  ["PONG", accepted, reason, hostname, sha512(salt + hostname + nonce + key)]
/// </code>
/// Digests are in hexadecimal. Nonces are random text, because some clients read every string as UTF-8.
/// Source: <see href="https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1#handshake-messages"/>.
/// </summary>
internal sealed class Handshake(ForwardSecurity security, IPAddress? address, byte[] nonce, byte[] authSalt)
{
    /// <summary>The most bytes of a PING.</summary>
    public const int MaxPingBytes = 8 << 10;

    private const int PingElements = 6;

    public Handshake(ForwardSecurity security, IPAddress? address)
        : this(security, address, RandomText(), security.NeedsUser ? RandomText() : [])
    {
    }

    public byte[] Hello()
    {
        var writer = new HandshakeWriter();
        writer.WriteArray(2);
        writer.WriteString("HELO"u8);
        writer.WriteMap(3);
        writer.WriteString("nonce"u8);
        writer.WriteString(nonce);
        writer.WriteString("auth"u8);
        writer.WriteString(authSalt);
        writer.WriteString("keepalive"u8);
        writer.WriteBool(true);
        return writer.ToArray();
    }

    /// <summary>Judges a PING; also gives the PONG, which is sent in any case.</summary>
    /// <param name="ping">One whole MessagePack value.</param>
    public HandshakeVerdict Judge(ReadOnlySpan<byte> ping)
    {
        var texts = new Extent[PingElements];
        if (!TryRead(ping, texts))
            return Refuse(Refusal.HandshakeMissing, "not a PING");
        var hostname = Slice(ping, texts[1]);
        var salt = Slice(ping, texts[2]);
        if (security.RuleFor(address) is not { } rule)
            return Refuse(Refusal.HandshakeNetwork, "network not allowed");
        if (!Matches(Slice(ping, texts[3]), [salt.ToArray(), hostname.ToArray(), nonce, rule.SharedKey]))
            return Refuse(Refusal.HandshakeKey, "shared_key mismatch");
        if (security.NeedsUser && JudgeUser(rule, Slice(ping, texts[4]), Slice(ping, texts[5])) is var user and not Refusal.None)
            return Refuse(user, "username/password mismatch");
        return new HandshakeVerdict(Refusal.None, "", Pong(true, "", Digest([salt.ToArray(), security.SelfHostname, nonce, rule.SharedKey])));
    }

    private Refusal JudgeUser(ForwardSecurity.NetworkRule rule, ReadOnlySpan<byte> username, ReadOnlySpan<byte> digest)
    {
        // A user who does not exist costs the same time as one who does.
        bool known = rule.Users.TryGetValue(Encoding.UTF8.GetString(username), out byte[]? password);
        bool matches = Matches(digest, [authSalt, username.ToArray(), password ?? authSalt]);
        return !known ? Refusal.HandshakeUser : matches ? Refusal.None : Refusal.HandshakePassword;
    }

    private HandshakeVerdict Refuse(Refusal refusal, string reason) => new(refusal, reason, Pong(false, reason, []));

    private byte[] Pong(bool accepted, string reason, byte[] digest)
    {
        var writer = new HandshakeWriter();
        writer.WriteArray(5);
        writer.WriteString("PONG"u8);
        writer.WriteBool(accepted);
        writer.WriteString(Encoding.UTF8.GetBytes(reason));
        writer.WriteString(accepted ? security.SelfHostname : []);
        writer.WriteString(digest);
        return writer.ToArray();
    }

    private static bool TryRead(ReadOnlySpan<byte> ping, Span<Extent> texts)
    {
        int at = 0;
        if (MessagePackHeader.TryReadCount(ping, ref at, out long count) != ScanStatus.Done
            || !MessagePackFormat.IsArray(ping[0]) || count != PingElements)
            return false;
        for (int i = 0; i < PingElements; i++)
        {
            if (MessagePackHeader.TryReadTextLength(ping, ref at, out long length) != ScanStatus.Done || length > ping.Length - at)
                return false;
            texts[i] = new Extent(at, (int)length);
            at += (int)length;
        }

        return Slice(ping, texts[0]).SequenceEqual("PING"u8);
    }

    private static bool Matches(ReadOnlySpan<byte> digest, byte[][] pieces) =>
        CryptographicOperations.FixedTimeEquals(digest, Digest(pieces));

    private static byte[] Digest(byte[][] pieces)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        foreach (byte[] piece in pieces)
            hash.AppendData(piece);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, Extent extent) => bytes.Slice(extent.Start, extent.Length);

    private static byte[] RandomText() => Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)));
}
