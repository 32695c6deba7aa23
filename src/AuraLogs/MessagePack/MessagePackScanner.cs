using System.Buffers.Binary;
using static AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.MessagePack;

/// <summary>
/// Passes over MessagePack values and checks their structure, without recursion and without reading a byte twice when the
/// value arrives in pieces: it stops at the first value that is not whole, and goes on there when more bytes have come.
/// </summary>
/// <param name="maxDepth">How many containers may be open within each other.</param>
/// <param name="maxBytes">No value may claim to reach beyond this position.</param>
internal struct MessagePackScanner(int maxDepth, int maxBytes)
{
    private readonly int[] _outer = new int[maxDepth];
    private int _depth;
    private int _left;

    /// <summary>Size of a value with its first byte, by that byte; 0 where more has to be read to know.</summary>
    private static ReadOnlySpan<byte> Sizes =>
    [
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, // 00: positive fixint
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // 80: fixmap
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // 90: fixarray
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, // a0: fixstr
        17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
        1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 5, 9, 2, 3, 5, 9, // c0: nil, -, bool, bin, ext, float, uint
        2, 3, 5, 9, 3, 4, 6, 10, 18, 0, 0, 0, 0, 0, 0, 0, // d0: int, fixext, str, array, map
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, // e0: negative fixint
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ];

    /// <summary>Forgets a value that was not passed to its end.</summary>
    public void Reset()
    {
        _depth = 0;
        _left = 0;
    }

    /// <summary>
    /// Passes the value at <paramref name="position"/>, or, after <see cref="ScanStatus.NeedMore"/>, the rest of it.
    /// </summary>
    /// <param name="data">All bytes so far; those before <paramref name="position"/> are not looked at.</param>
    /// <param name="position">Moves behind what was passed.</param>
    public ScanStatus Skip(ReadOnlySpan<byte> data, ref int position)
    {
        int at = position;
        int depth = _depth;
        int left = _left == 0 ? 1 : _left;
        ScanStatus status;
        while (true)
        {
            if ((uint)at >= (uint)data.Length)
            {
                status = ScanStatus.NeedMore;
                break;
            }

            byte code = data[at];
            int size = Sizes[code];
            if (size != 0)
            {
                if (size > data.Length - at)
                {
                    status = ScanStatus.NeedMore;
                    break;
                }

                at += size;
                left--;
            }
            else if (IsContainer(code))
            {
                status = ReadContainer(data, at, out int header, out int values);
                if (status != ScanStatus.Done)
                    break;
                if (values == 0)
                {
                    at += header;
                    left--;
                }
                else
                {
                    if (depth == _outer.Length)
                    {
                        status = ScanStatus.TooDeep;
                        break;
                    }

                    at += header;
                    _outer[depth++] = left - 1;
                    left = values;
                    continue;
                }
            }
            else
            {
                status = ReadExtent(data, at, out int length);
                if (status != ScanStatus.Done)
                    break;
                at += length;
                left--;
            }

            while (left == 0 && depth > 0)
                left = _outer[--depth];
            if (left == 0)
            {
                status = ScanStatus.Done;
                break;
            }
        }

        position = at;
        _depth = depth;
        _left = left;
        return status;
    }

    private static bool IsContainer(byte code) => code is < Nil or >= Array16;

    /// <summary>
    /// The header of an array or map: its size, and how many values follow it (two for each pair of a map).
    /// </summary>
    private readonly ScanStatus ReadContainer(ReadOnlySpan<byte> data, int at, out int header, out int values)
    {
        byte code = data[at];
        header = code switch { Array16 or Map16 => 3, Array32 or Map32 => 5, _ => 1 };
        values = 0;
        if (header > data.Length - at)
            return ScanStatus.NeedMore;
        long count = header switch
        {
            1 => code & 0x0f,
            3 => BinaryPrimitives.ReadUInt16BigEndian(data[(at + 1)..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(data[(at + 1)..]),
        };
        if (IsMap(code))
            count *= 2;

        // Every value takes a byte at least.
        if (count > maxBytes - at)
            return ScanStatus.TooLarge;
        values = (int)count;
        return ScanStatus.Done;
    }

    /// <summary>A string, binary or extension whose length stands behind its first byte.</summary>
    private readonly ScanStatus ReadExtent(ReadOnlySpan<byte> data, int at, out int length)
    {
        length = 0;
        byte code = data[at];
        if (code == NeverUsed)
            return ScanStatus.Malformed;
        int width = code switch
        {
            Bin8 or Str8 or Ext8 => 1,
            Bin16 or Str16 or Ext16 => 2,
            _ => 4,
        };
        if (1 + width > data.Length - at)
            return ScanStatus.NeedMore;
        long size = width switch
        {
            1 => data[at + 1],
            2 => BinaryPrimitives.ReadUInt16BigEndian(data[(at + 1)..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(data[(at + 1)..]),
        };
        size += 1 + width + (code is Ext8 or Ext16 or Ext32 ? 1 : 0);
        if (size > maxBytes - at)
            return ScanStatus.TooLarge;
        if (size > data.Length - at)
            return ScanStatus.NeedMore;
        length = (int)size;
        return ScanStatus.Done;
    }
}
