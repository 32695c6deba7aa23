using System.Buffers.Binary;
using static AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.MessagePack;

/// <summary>
/// Recognises the markers of groups by their time. Only EventTime (an extension) can be one, with no nanoseconds: any other time of these
/// seconds is one of the year 2106. Source: Fluent Bit's <c>flb_log_event_decoder.c</c>.
/// </summary>
internal static class GroupMarkers
{
    /// <param name="time">Begins with a whole time of an event.</param>
    public static GroupMarker Of(ReadOnlySpan<byte> time)
    {
        int data = time[0] switch { FixExt8 => 2, Ext8 => 3, _ => 0 };
        if (data == 0 || time.Length < data + 8)
            return GroupMarker.None;
        return BinaryPrimitives.ReadUInt64BigEndian(time[data..]) switch
        {
            0xffff_ffff_0000_0000 => GroupMarker.Begin,
            0xffff_fffe_0000_0000 => GroupMarker.End,
            _ => GroupMarker.None,
        };
    }
}
