using System.Buffers.Binary;
using static AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.MessagePack;

/// <summary>Reads what stands before the contents of arrays, maps and texts, when it has arrived.</summary>
internal static class MessagePackHeader
{
    /// <summary>Passes the header of an array or a map.</summary>
    /// <returns><see cref="ScanStatus.Malformed"/> when it is neither.</returns>
    public static ScanStatus TryReadCount(ReadOnlySpan<byte> data, ref int position, out long count)
    {
        count = 0;
        var rest = data[position..];
        if (rest.IsEmpty)
            return ScanStatus.NeedMore;
        byte code = rest[0];
        int size = code switch
        {
            >= FixMap and < FixStr => 1,
            Array16 or Map16 => 3,
            Array32 or Map32 => 5,
            _ => 0,
        };
        if (size == 0)
            return ScanStatus.Malformed;
        if (rest.Length < size)
            return ScanStatus.NeedMore;
        count = size switch
        {
            1 => code & 0x0f,
            3 => BinaryPrimitives.ReadUInt16BigEndian(rest[1..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(rest[1..]),
        };
        position += size;
        return ScanStatus.Done;
    }

    /// <summary>Passes the header of a string, or of the binary that older clients send in its place.</summary>
    /// <returns><see cref="ScanStatus.Malformed"/> when it is neither.</returns>
    public static ScanStatus TryReadTextLength(ReadOnlySpan<byte> data, ref int position, out long length)
    {
        length = 0;
        var rest = data[position..];
        if (rest.IsEmpty)
            return ScanStatus.NeedMore;
        byte code = rest[0];
        if (!IsText(code))
            return ScanStatus.Malformed;
        int size = code switch
        {
            Bin8 or Str8 => 2,
            Bin16 or Str16 => 3,
            Bin32 or Str32 => 5,
            _ => 1,
        };
        if (rest.Length < size)
            return ScanStatus.NeedMore;
        length = size switch
        {
            1 => code & 0x1f,
            2 => rest[1],
            3 => BinaryPrimitives.ReadUInt16BigEndian(rest[1..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(rest[1..]),
        };
        position += size;
        return ScanStatus.Done;
    }
}
