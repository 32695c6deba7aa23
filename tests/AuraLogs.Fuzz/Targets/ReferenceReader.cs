using System.Buffers.Binary;
using System.Text;

namespace AuraLogs.Fuzz.Targets;

/// <summary>Reads MessagePack into objects, from its specification and as plainly as can be, for values that are known to be whole.</summary>
internal sealed class ReferenceReader(byte[] data)
{
    public int Position { get; set; }

    public bool IsAtEnd => Position == data.Length;

    public ReferenceValue Read()
    {
        var start = Position;
        var code = data[Position++];
        object? value = code switch
        {
            <= 0x7f => (long)code,
            >= 0xe0 => (long)(sbyte)code,
            <= 0x8f => Map(code & 15),
            <= 0x9f => Array(code & 15),
            <= 0xbf => Text(code & 31),
            0xc0 => null,
            0xc2 => false,
            0xc3 => true,
            0xc4 => Take((int)Unsigned(1)),
            0xc5 => Take((int)Unsigned(2)),
            0xc6 => Take((int)Unsigned(4)),
            0xc7 => Extension((int)Unsigned(1)),
            0xc8 => Extension((int)Unsigned(2)),
            0xc9 => Extension((int)Unsigned(4)),
            0xca => BinaryPrimitives.ReadSingleBigEndian(Take(4)),
            0xcb => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
            0xcc => (long)Unsigned(1),
            0xcd => (long)Unsigned(2),
            0xce => (long)Unsigned(4),
            0xcf => Unsigned(8),
            0xd0 => (long)(sbyte)Unsigned(1),
            0xd1 => (long)(short)Unsigned(2),
            0xd2 => (long)(int)Unsigned(4),
            0xd3 => (long)Unsigned(8),
            >= 0xd4 and <= 0xd8 => Extension(1 << (code - 0xd4)),
            0xd9 => Text((int)Unsigned(1)),
            0xda => Text((int)Unsigned(2)),
            0xdb => Text((int)Unsigned(4)),
            0xdc => Array((int)Unsigned(2)),
            0xdd => Array((int)Unsigned(4)),
            0xde => Map((int)Unsigned(2)),
            0xdf => Map((int)Unsigned(4)),
            _ => throw new BrokenPromiseException($"0x{code:x2} was taken for a value."),
        };
        return new ReferenceValue(value, data[start..Position]);
    }

    private List<KeyValuePair<ReferenceValue, ReferenceValue>> Map(int pairs) =>
        [.. Enumerable.Range(0, pairs).Select(_ => Read()).Select(key => KeyValuePair.Create(key, Read()))];

    private List<ReferenceValue> Array(int count) => [.. Enumerable.Range(0, count).Select(_ => Read())];

    private string Text(int length) => Encoding.UTF8.GetString(Take(length));

    private ReferenceExtension Extension(int length) => new((sbyte)data[Position++], Take(length));

    private ulong Unsigned(int bytes)
    {
        ulong value = 0;
        foreach (var one in Take(bytes))
            value = (value << 8) | one;
        return value;
    }

    private byte[] Take(int length)
    {
        Position += length;
        return data[(Position - length)..Position];
    }
}
