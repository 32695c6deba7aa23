using System.Buffers.Binary;
using AuraLogs.MessagePack;
using Format = AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.Forward.Decoding;

/// <summary>
/// The time of an event: EventTime (extension type 0 of 8 bytes: seconds, nanoseconds), an integer or a float of seconds.
/// Source: <see href="https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1#eventtime-ext-format"/>.
/// </summary>
internal static class EventTime
{
    /// <summary>Passes a time; <paramref name="second"/> is its Unix second, moved into the range that it can hold.</summary>
    /// <returns><see cref="ScanStatus.Malformed"/> for what is not a time.</returns>
    public static ScanStatus TryRead(ReadOnlySpan<byte> data, ref int position, out uint second)
    {
        uint fraction = 0;
        return TryRead(data, ref position, out second, ref fraction);
    }

    /// <summary>As <see cref="TryRead(ReadOnlySpan{byte}, ref int, out uint)"/>.</summary>
    /// <param name="data">The bytes at hand.</param>
    /// <param name="position">Where the time begins; moves behind it.</param>
    /// <param name="second">Its Unix second.</param>
    /// <param name="fraction">The bits of what is beyond the second are added to it: nanoseconds, or 1 for the fraction of a float.</param>
    public static ScanStatus TryRead(ReadOnlySpan<byte> data, ref int position, out uint second, ref uint fraction)
    {
        second = 0;
        var rest = data[position..];
        if (rest.IsEmpty)
            return ScanStatus.NeedMore;
        byte code = rest[0];
        int size = code switch
        {
            <= Format.MaxPositiveFixInt or >= Format.NegativeFixInt => 1,
            Format.UInt8 or Format.Int8 => 2,
            Format.UInt16 or Format.Int16 => 3,
            Format.UInt32 or Format.Int32 or Format.Float32 => 5,
            Format.UInt64 or Format.Int64 or Format.Float64 => 9,
            Format.FixExt8 => 10,
            Format.Ext8 => 11,
            _ => 0,
        };
        if (size == 0)
            return ScanStatus.Malformed;
        if (rest.Length < size)
            return ScanStatus.NeedMore;
        var value = rest[1..];
        switch (code)
        {
            case Format.FixExt8 when value[0] == 0:
                second = BinaryPrimitives.ReadUInt32BigEndian(value[1..]);
                fraction |= BinaryPrimitives.ReadUInt32BigEndian(value[5..]);
                break;
            case Format.Ext8 when value[0] == 8 && value[1] == 0:
                second = BinaryPrimitives.ReadUInt32BigEndian(value[2..]);
                fraction |= BinaryPrimitives.ReadUInt32BigEndian(value[6..]);
                break;
            case Format.FixExt8 or Format.Ext8:
                return ScanStatus.Malformed;
            case Format.Float32:
                second = Clamp(BinaryPrimitives.ReadSingleBigEndian(value), ref fraction);
                break;
            case Format.Float64:
                second = Clamp(BinaryPrimitives.ReadDoubleBigEndian(value), ref fraction);
                break;
            case Format.UInt64:
                second = (uint)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(value), uint.MaxValue);
                break;
            default:
                second = (uint)Math.Clamp(ReadInteger(code, value), 0, uint.MaxValue);
                break;
        }

        position += size;
        return ScanStatus.Done;
    }

    private static uint Clamp(double seconds, ref uint fraction)
    {
        if (double.IsNaN(seconds))
            return 0;
        fraction |= double.IsInteger(seconds) ? 0u : 1;
        return (uint)Math.Clamp(seconds, 0, uint.MaxValue);
    }

    private static long ReadInteger(byte code, ReadOnlySpan<byte> value) => code switch
    {
        Format.UInt8 => value[0],
        Format.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(value),
        Format.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(value),
        Format.Int8 => (sbyte)value[0],
        Format.Int16 => BinaryPrimitives.ReadInt16BigEndian(value),
        Format.Int32 => BinaryPrimitives.ReadInt32BigEndian(value),
        Format.Int64 => BinaryPrimitives.ReadInt64BigEndian(value),
        _ => (sbyte)code,
    };
}
