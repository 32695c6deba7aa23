using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AuraLogs.LoadTests.Generating;

/// <summary>Writes MessagePack for the templates; https://github.com/msgpack/msgpack/blob/master/spec.md.</summary>
internal sealed class MessagePackBuilder
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public int Length => _buffer.WrittenCount;

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public MessagePackBuilder Map(int count) =>
        count < 16 ? Byte((byte)(0x80 | count)) : Byte(0xde).BigEndian16((ushort)count);

    public MessagePackBuilder Array(int count) =>
        count < 16 ? Byte((byte)(0x90 | count)) : Byte(0xdd).BigEndian32((uint)count);

    /// <summary>A fixed-width unsigned 64-bit integer, whatever its value, so that it can be overwritten in place.</summary>
    public MessagePackBuilder UInt64(ulong value)
    {
        Byte(0xcf);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    public MessagePackBuilder UInt32(uint value) => Byte(0xce).BigEndian32(value);

    /// <summary>EventTime as fixext8 of type 0: seconds and nanoseconds, to be overwritten in place.</summary>
    public MessagePackBuilder EventTime() => Byte(0xd7).Byte(0).BigEndian32(0).BigEndian32(0);

    public MessagePackBuilder String(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        _ = length switch
        {
            < 32 => Byte((byte)(0xa0 | length)),
            < 256 => Byte(0xd9).Byte((byte)length),
            _ => Byte(0xda).BigEndian16((ushort)length),
        };
        Encoding.UTF8.GetBytes(text, _buffer);
        return this;
    }

    public MessagePackBuilder Binary(ReadOnlySpan<byte> bytes) => Byte(0xc6).BigEndian32((uint)bytes.Length).Raw(bytes);

    public MessagePackBuilder Raw(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    private MessagePackBuilder Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
        return this;
    }

    private MessagePackBuilder BigEndian16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.GetSpan(2), value);
        _buffer.Advance(2);
        return this;
    }

    private MessagePackBuilder BigEndian32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }
}
