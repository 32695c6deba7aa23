using System.Buffers.Binary;
using static AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.MessagePack;

/// <summary>The time of an event: seconds since 1970 (UTC) and nanoseconds (0 to 999,999,999) of that second.</summary>
internal readonly record struct EventTimestamp(long Seconds, uint Nanoseconds)
{
    // 0001-01-01 and 9999-12-31T23:59:59, what four digits of a year can say.
    private const long FirstSecond = -62135596800;
    private const long LastSecond = 253402300799;

    /// <summary>
    /// Reads a time as the forward protocol knows it: EventTime (ext type 0: seconds and nanoseconds in 4 bytes each,
    /// big-endian), an integer of seconds, or a float of seconds, of which the microseconds are kept.
    /// What years 1 to 9999 can't say is taken to their ends.
    /// </summary>
    public static EventTimestamp Read(ref MessagePackReader reader)
    {
        var code = reader.ReadByte();
        return code switch
        {
            FixExt8 => FromExtension(reader.Take(9)),
            Ext8 when reader.ReadByte() == 8 => FromExtension(reader.Take(9)),
            <= MaxPositiveFixInt => FromSeconds(code),
            >= NegativeFixInt => FromSeconds((sbyte)code),
            UInt8 => FromSeconds(reader.ReadByte()),
            MessagePackFormat.UInt16 => FromSeconds(reader.ReadUInt16()),
            MessagePackFormat.UInt32 => FromSeconds(reader.ReadUInt32()),
            MessagePackFormat.UInt64 => FromSeconds((long)Math.Min(reader.ReadUInt64(), (ulong)LastSecond)),
            Int8 => FromSeconds((sbyte)reader.ReadByte()),
            MessagePackFormat.Int16 => FromSeconds((short)reader.ReadUInt16()),
            MessagePackFormat.Int32 => FromSeconds((int)reader.ReadUInt32()),
            MessagePackFormat.Int64 => FromSeconds((long)reader.ReadUInt64()),
            Float32 => FromFloat(BitConverter.UInt32BitsToSingle(reader.ReadUInt32())),
            Float64 => FromFloat(BitConverter.UInt64BitsToDouble(reader.ReadUInt64())),
            _ => throw new MessagePackException($"0x{code:x2} begins no event time"),
        };
    }

    private static EventTimestamp FromExtension(ReadOnlySpan<byte> typeAndData)
    {
        if (typeAndData[0] != 0)
            throw new MessagePackException($"extension type {(sbyte)typeAndData[0]} is no event time");
        var seconds = BinaryPrimitives.ReadUInt32BigEndian(typeAndData[1..]);
        var nanoseconds = BinaryPrimitives.ReadUInt32BigEndian(typeAndData[5..]);
        return new EventTimestamp(seconds, Math.Min(nanoseconds, 999_999_999));
    }

    private static EventTimestamp FromSeconds(long seconds) => new(Math.Clamp(seconds, FirstSecond, LastSecond), 0);

    private static EventTimestamp FromFloat(double seconds)
    {
        if (double.IsNaN(seconds))
            return default;
        var whole = Math.Floor(seconds);
        if (whole is < FirstSecond or >= LastSecond)
            return FromSeconds(whole < 0 ? FirstSecond : LastSecond);
        var microseconds = (uint)Math.Round((seconds - whole) * 1e6);
        return microseconds == 1_000_000 ? new EventTimestamp((long)whole + 1, 0) : new EventTimestamp((long)whole, microseconds * 1000);
    }
}
