using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AuraLogs.Tests.MessagePack;

/// <summary>Writes MessagePack by its specification, independently of the product, each value in the shortest form.</summary>
internal sealed class MessagePackWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public MessagePackWriter Array(int count) =>
        count < 16 ? Raw((byte)(0x90 | count)) : count < 65536 ? Raw(0xdc).UInt16(count) : Raw(0xdd).UInt32((uint)count);

    public MessagePackWriter Map(int count) =>
        count < 16 ? Raw((byte)(0x80 | count)) : count < 65536 ? Raw(0xde).UInt16(count) : Raw(0xdf).UInt32((uint)count);

    public MessagePackWriter Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    public MessagePackWriter Text(byte[] utf8) => (utf8.Length switch
    {
        < 32 => Raw((byte)(0xa0 | utf8.Length)),
        < 256 => Raw(0xd9, (byte)utf8.Length),
        < 65536 => Raw(0xda).UInt16(utf8.Length),
        _ => Raw(0xdb).UInt32((uint)utf8.Length),
    }).Raw(utf8);

    public MessagePackWriter Binary(byte[] data) => (data.Length switch
    {
        < 256 => Raw(0xc4, (byte)data.Length),
        < 65536 => Raw(0xc5).UInt16(data.Length),
        _ => Raw(0xc6).UInt32((uint)data.Length),
    }).Raw(data);

    public MessagePackWriter Extension(sbyte type, byte[] data) => (data.Length switch
    {
        1 => Raw(0xd4),
        2 => Raw(0xd5),
        4 => Raw(0xd6),
        8 => Raw(0xd7),
        16 => Raw(0xd8),
        < 256 => Raw(0xc7, (byte)data.Length),
        < 65536 => Raw(0xc8).UInt16(data.Length),
        _ => Raw(0xc9).UInt32((uint)data.Length),
    }).Raw((byte)type).Raw(data);

    public MessagePackWriter EventTime(long seconds, uint nanoseconds) => Raw(0xd7, 0).UInt32((uint)seconds).UInt32(nanoseconds);

    public MessagePackWriter Integer(long value) => value switch
    {
        >= 0 => Unsigned((ulong)value),
        >= -32 => Raw((byte)value),
        >= sbyte.MinValue => Raw(0xd0, (byte)value),
        >= short.MinValue => Raw(0xd1).UInt16((int)value),
        >= int.MinValue => Raw(0xd2).UInt32((uint)value),
        _ => Raw(0xd3).UInt64((ulong)value),
    };

    public MessagePackWriter Unsigned(ulong value) => value switch
    {
        < 128 => Raw((byte)value),
        <= byte.MaxValue => Raw(0xcc, (byte)value),
        <= ushort.MaxValue => Raw(0xcd).UInt16((int)value),
        <= uint.MaxValue => Raw(0xce).UInt32((uint)value),
        _ => Raw(0xcf).UInt64(value),
    };

    public MessagePackWriter Single(float value) => Raw(0xca).UInt32(BitConverter.SingleToUInt32Bits(value));

    public MessagePackWriter Double(double value) => Raw(0xcb).UInt64(BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A value by its .NET type; a list of pairs is a map, so that keys can be of any kind and repeat.</summary>
    public MessagePackWriter Value(object? value) => value switch
    {
        null => Raw(0xc0),
        bool flag => Raw(flag ? (byte)0xc3 : (byte)0xc2),
        int number => Integer(number),
        long number => Integer(number),
        ulong number => Unsigned(number),
        float number => Single(number),
        double number => Double(number),
        string text => Text(text),
        Utf8Text text => Text(text.Bytes),
        byte[] data => Binary(data),
        ExtensionData extension => Extension(extension.Type, extension.Data),
        IReadOnlyList<KeyValuePair<object?, object?>> pairs => pairs.Aggregate(Map(pairs.Count), (writer, pair) => writer.Value(pair.Key).Value(pair.Value)),
        IReadOnlyDictionary<string, object?> map => map.Aggregate(Map(map.Count), (writer, pair) => writer.Text(pair.Key).Value(pair.Value)),
        IReadOnlyList<object?> list => list.Aggregate(Array(list.Count), (writer, item) => writer.Value(item)),
        _ => throw new ArgumentException(value.GetType().Name, nameof(value)),
    };

    public MessagePackWriter Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    private MessagePackWriter UInt16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return Raw(bytes);
    }

    private MessagePackWriter UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Raw(bytes);
    }

    private MessagePackWriter UInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Raw(bytes);
    }
}
