using AuraLogs.Forward.Decoding;
using AuraLogs.MessagePack;

namespace AuraLogs.Forward.Security;

/// <summary>Writes the few types of MessagePack that the handshake has.</summary>
internal sealed class HandshakeWriter
{
    private readonly List<byte> _bytes = [];

    public void WriteArray(int count) => _bytes.Add((byte)(MessagePackFormat.FixArray | count));

    public void WriteMap(int pairs) => _bytes.Add((byte)(MessagePackFormat.FixMap | pairs));

    public void WriteBool(bool value) => _bytes.Add(value ? MessagePackFormat.True : MessagePackFormat.False);

    public void WriteString(ReadOnlySpan<byte> utf8)
    {
        Span<byte> header = stackalloc byte[MessagePackText.MaxHeaderBytes];
        _bytes.AddRange(header[..MessagePackText.WriteHeader(header, utf8.Length)]);
        _bytes.AddRange(utf8);
    }

    public byte[] ToArray() => [.. _bytes];
}
