using System.Buffers.Binary;
using static AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.MessagePack;

/// <summary>
/// Reads MessagePack from a span, with every access checked: a cut or malformed value throws
/// <see cref="MessagePackException"/>. Format: https://github.com/msgpack/msgpack/blob/master/spec.md
/// </summary>
internal ref struct MessagePackReader(ReadOnlySpan<byte> data, int position = 0)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _position = position;

    public readonly int Position => _position;

    public readonly bool IsAtEnd => _position >= _data.Length;

    /// <summary>Everything from the position on.</summary>
    public readonly ReadOnlySpan<byte> Rest => _data[_position..];

    public readonly byte Peek() => _position < _data.Length ? _data[_position] : throw Cut();

    public byte ReadByte()
    {
        if (_position >= _data.Length)
            throw Cut();
        return _data[_position++];
    }

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public ReadOnlySpan<byte> Take(uint length)
    {
        if (length > (uint)(_data.Length - _position))
            throw Cut();
        var taken = _data.Slice(_position, (int)length);
        _position += (int)length;
        return taken;
    }

    /// <summary>Passes over bytes that have been looked at in <see cref="Rest"/>.</summary>
    public void Advance(int length) => _position += length;

    /// <summary>The number of elements of an array, when the next value is one; otherwise -1, and nothing is read.</summary>
    public int TryReadArray() => Peek() switch
    {
        >= FixArray and < FixStr => ReadByte() & 0x0f,
        Array16 => ReadCount16(1),
        Array32 => ReadCount32(1),
        _ => -1,
    };

    /// <summary>The number of pairs of a map, when the next value is one; otherwise -1, and nothing is read.</summary>
    public int TryReadMap() => Peek() switch
    {
        >= FixMap and < FixArray => ReadByte() & 0x0f,
        Map16 => ReadCount16(2),
        Map32 => ReadCount32(2),
        _ => -1,
    };

    /// <summary>Passes over one value, however deep.</summary>
    /// <returns>Its bytes.</returns>
    public ReadOnlySpan<byte> Skip()
    {
        var start = _position;
        for (long left = 1; left > 0; left--)
            left += SkipHead();
        return _data[start.._position];
    }

    /// <summary>A count that can be true: every element takes at least a byte, every pair two, so that nothing is reserved for a lie.</summary>
    private readonly int Possible(uint count, int bytesEach) =>
        count <= (uint)(_data.Length - _position) / bytesEach ? (int)count : throw Cut();

    private int ReadCount16(int bytesEach)
    {
        _position++;
        return Possible(ReadUInt16(), bytesEach);
    }

    private int ReadCount32(int bytesEach)
    {
        _position++;
        return Possible(ReadUInt32(), bytesEach);
    }

    /// <summary>Passes over a scalar, or over the head of a container.</summary>
    /// <returns>How many values are inside.</returns>
    public long SkipHead()
    {
        var code = ReadByte();
        switch (code)
        {
            case <= MaxPositiveFixInt or >= NegativeFixInt or Nil or False or True:
                return 0;
            case < FixArray:
                return 2 * (code & 0x0f);
            case < FixStr:
                return code & 0x0f;
            case < Nil:
                Take((uint)(code & 0x1f));
                return 0;
            case Bin8 or Str8:
                Take(ReadByte());
                return 0;
            case Bin16 or Str16:
                Take(ReadUInt16());
                return 0;
            case Bin32 or Str32:
                Take(ReadUInt32());
                return 0;
            case Ext8:
                Take(ReadByte() + 1u);
                return 0;
            case Ext16:
                Take(ReadUInt16() + 1u);
                return 0;
            case Ext32:
                SkipLongExtension();
                return 0;
            case UInt8 or Int8:
                Take(1);
                return 0;
            case MessagePackFormat.UInt16 or MessagePackFormat.Int16:
                Take(2);
                return 0;
            case Float32 or MessagePackFormat.UInt32 or MessagePackFormat.Int32:
                Take(4);
                return 0;
            case Float64 or MessagePackFormat.UInt64 or MessagePackFormat.Int64:
                Take(8);
                return 0;
            case >= FixExt1 and <= FixExt16:
                Take((1u << (code - FixExt1)) + 1);
                return 0;
            case Array16:
                return Possible(ReadUInt16(), 1);
            case Array32:
                return Possible(ReadUInt32(), 1);
            case Map16:
                return 2L * Possible(ReadUInt16(), 2);
            case Map32:
                return 2L * Possible(ReadUInt32(), 2);
            default:
                throw Unknown(code);
        }
    }

    private void SkipLongExtension()
    {
        var length = ReadUInt32();
        Take(1);
        Take(length);
    }

    public static MessagePackException Unknown(byte code) => new($"0x{code:x2} begins no MessagePack value");

    private static MessagePackException Cut() => new("the value is cut off");
}
