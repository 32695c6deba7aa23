using System.Net;
using System.Security.Cryptography;
using System.Text;
using AuraLogs.Forward.Security;
using AuraLogs.MessagePack;

namespace AuraLogs.Fuzz.Targets;

/// <summary>The handshake: nobody gets in but who has key and password, and everybody gets a whole answer.</summary>
internal sealed class HandshakeTarget : FuzzTarget
{
    private const string Key = "key of the fuzzer";
    private const string User = "somebody";
    private const string Password = "password of the fuzzer";
    private const string Nonce = "bm9uY2U=";
    private const string UserSalt = "dXNlciBzYWx0";

    private readonly ForwardSecurity _security = new(new ForwardSecurityOptions
    {
        SharedKey = Key,
        SelfHostname = "aggregator",
        Users = [new ForwardUserOptions { Username = User, Password = Password }],
    });

    public override string Name => "handshake";

    public override IReadOnlyList<byte[]> Words => [.. Packed.Words, Packed.Str("PING"), Packed.Str(User), Packed.Str("host"), Packed.Str("salt")];

    public override IEnumerable<byte[]> Seeds()
    {
        yield return Ping("host", "salt", Digest("salt", "host", Nonce, Key), User, Digest(UserSalt, User, Password));
        yield return Ping("host", "salt", Digest("salt", "host", Nonce, Key), User, "");
        yield return Ping("host", "salt", Digest("salt", "host", Nonce, "another"), "", "");
        yield return Ping("", "", "", "", "");
    }

    public override void Run(byte[] input)
    {
        var scanner = new MessagePackScanner(1, Handshake.MaxPingBytes);
        var position = 0;
        if (scanner.Skip(input, ref position) != ScanStatus.Done)
            return;
        var handshake = new Handshake(_security, IPAddress.Loopback, Encoding.ASCII.GetBytes(Nonce), Encoding.ASCII.GetBytes(UserSalt));
        var verdict = handshake.Judge(input.AsSpan(0, position));
        var pong = (List<ReferenceValue>)new ReferenceReader(verdict.Pong).Read().Value!;
        Require(pong.Count == 5 && pong[0].Value is "PONG" && pong[1].Value is bool said && said == verdict.Accepted, "A PONG says what was decided.");
        Require(verdict.Accepted == HasTheRight(input[..position]), "Who has key and password gets in, and nobody else.");
        Require(verdict.Accepted || (pong[3].Value is "" && pong[4].Value is ""), "Who is refused is told nothing.");
    }

    private static byte[] Ping(string host, string salt, string key, string user, string password) => Packed.Concat(
        [0x96], Packed.Str("PING"), Packed.Str(host), Packed.Str(salt), Packed.Str(key), Packed.Str(user), Packed.Str(password));

    private static bool HasTheRight(byte[] ping)
    {
        if (new ReferenceReader(ping).Read().Value is not List<ReferenceValue> { Count: 6 } parts)
            return false;
        var texts = parts.Select(part => part.Value switch { string => Raw(part.Bytes), byte[] bytes => bytes, _ => null }).ToList();
        return texts.TrueForAll(text => text is not null)
            && texts[0].AsSpan().SequenceEqual("PING"u8)
            && texts[3].AsSpan().SequenceEqual(Digest([texts[2]!, texts[1]!, Ascii(Nonce), Ascii(Key)]))
            && texts[4].AsSpan().SequenceEqual(Ascii(User))
            && texts[5].AsSpan().SequenceEqual(Digest([Ascii(UserSalt), Ascii(User), Ascii(Password)]));
    }

    /// <summary>The text's bytes, which need not be UTF-8.</summary>
    private static byte[] Raw(byte[] text) => text[(text[0] switch { 0xd9 => 2, 0xda => 3, 0xdb => 5, _ => 1 })..];

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static string Digest(params string[] pieces) => Encoding.ASCII.GetString(Digest([.. pieces.Select(Ascii)]));

    private static byte[] Digest(byte[][] pieces) => Ascii(Convert.ToHexStringLower(SHA512.HashData(Packed.Concat(pieces))));
}
