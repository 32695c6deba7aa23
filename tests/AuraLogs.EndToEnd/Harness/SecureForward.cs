using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AuraLogs.EndToEnd.Harness;

/// <summary>
/// The client's side of the handshake, written from the protocol's specification (Forward Protocol v1, "Handshake messages"):
/// HELO with nonce and auth, PING with SHA-512 of salt, host name, nonce and key, PONG with the server's proof.
/// </summary>
internal static class SecureForward
{
    public static async Task ShakeHandsAsync(ForwardClient client, string sharedKey, string username, string password)
    {
        var hello = (List<object>)await ReadValueAsync(client);
        Assert.Equal("HELO", Text(hello[0]));
        var options = ((List<object>)hello[1]).Chunk(2).ToDictionary(pair => Text(pair[0]), pair => pair[1]);
        var (nonce, auth) = ((byte[])options["nonce"], (byte[])options["auth"]);
        var salt = RandomNumberGenerator.GetBytes(16);
        const string Host = "sender";

        await client.SendAsync(new MessagePackBuilder().Array(6)
            .Text("PING").Text(Host).Binary(salt).Text(Digest(salt, Utf8(Host), nonce, Utf8(sharedKey)))
            .Text(username).Text(Digest(auth, Utf8(username), Utf8(password))).Bytes);

        var pong = (List<object>)await ReadValueAsync(client);
        Assert.Equal("PONG", Text(pong[0]));
        Assert.True((bool)pong[1], Text(pong[2]));
        Assert.Equal(Digest(salt, (byte[])pong[3], nonce, Utf8(sharedKey)), Text(pong[4]));
    }

    /// <summary>The length of a recorded PING: an array of six strings.</summary>
    public static int PingLength(ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(0x96, bytes[0]);
        var position = 1;
        for (var i = 0; i < 6; i++)
        {
            position += bytes[position] switch
            {
                >= 0xa0 and <= 0xbf and var fix => 1 + (fix & 0x1f),
                0xd9 => 2 + bytes[position + 1],
                0xda => 3 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(position + 1)..]),
                var other => throw new InvalidDataException($"A PING holds strings, not 0x{other:x2}."),
            };
        }

        return position;
    }

    private static async Task<object> ReadValueAsync(ForwardClient client)
    {
        var type = (await client.ReadAsync(1))[0];
        return type switch
        {
            0xc2 => false,
            0xc3 => true,
            >= 0x80 and <= 0x8f => await ReadValuesAsync(client, 2 * (type & 0x0f)),
            >= 0x90 and <= 0x9f => await ReadValuesAsync(client, type & 0x0f),
            >= 0xa0 and <= 0xbf => await client.ReadAsync(type & 0x1f),
            0xc4 or 0xd9 => await client.ReadAsync((await client.ReadAsync(1))[0]),
            0xc5 or 0xda => await client.ReadAsync(BinaryPrimitives.ReadUInt16BigEndian(await client.ReadAsync(2))),
            _ => throw new InvalidDataException($"The handshake has no values of type 0x{type:x2}."),
        };
    }

    private static async Task<List<object>> ReadValuesAsync(ForwardClient client, int count)
    {
        var values = new List<object>();
        for (var i = 0; i < count; i++)
            values.Add(await ReadValueAsync(client));
        return values;
    }

    private static string Digest(params byte[][] parts) =>
        Convert.ToHexStringLower(SHA512.HashData([.. parts.SelectMany(part => part)]));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(object value) => Encoding.UTF8.GetString((byte[])value);
}
