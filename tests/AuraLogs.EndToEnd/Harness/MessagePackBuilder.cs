using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AuraLogs.EndToEnd.Harness;

/// <summary>Writes MessagePack by its specification, independently of the product.</summary>
internal sealed class MessagePackBuilder
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    public MessagePackBuilder Array(int count) => Header(0xdc, count);

    public MessagePackBuilder Map(int count) => Header(0xde, count);

    public MessagePackBuilder Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return Header(0xda, utf8.Length).Raw(utf8);
    }

    public MessagePackBuilder Binary(ReadOnlySpan<byte> bytes)
    {
        Span<byte> header = stackalloc byte[5];
        header[0] = 0xc6;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], bytes.Length);
        return Raw(header).Raw(bytes);
    }

    public MessagePackBuilder Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = 0xd3;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], value);
        return Raw(bytes);
    }

    public MessagePackBuilder EventTime(uint seconds, uint nanoseconds)
    {
        Span<byte> bytes = stackalloc byte[10];
        bytes[0] = 0xd7;
        bytes[1] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], seconds);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[6..], nanoseconds);
        return Raw(bytes);
    }

    public MessagePackBuilder Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    private MessagePackBuilder Header(byte type, int length)
    {
        Span<byte> bytes = stackalloc byte[3];
        bytes[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], checked((ushort)length));
        return Raw(bytes);
    }
}
