using System.Buffers.Binary;
using System.Globalization;
using AuraLogs.Queue.Disk;

namespace AuraLogs.Queue.Format;

/// <summary>
/// A segment file holds the pages of one range of addresses: this header of 4,096 bytes, then the pages as FasterLog
/// writes them. It begins at a page boundary and is named after its first address. Little-endian:
/// <code>
///  0  u32  magic "ALS" and format version 1
///  4  u32  CRC-32C of bytes 8 to 24
///  8  u64  first address
/// 16  u32  page size in bytes
/// 20  u8   1 when the file was a segment before and is being written over, and three bytes 0
/// 24       the state of the queue when the segment was begun (<see cref="QueueState"/>)
/// </code>
/// </summary>
internal sealed record SegmentHeader(long Start, int PageSize, QueueState State, bool WasUsedBefore = false)
{
    public const int Size = 4096;
    private const uint Magic = 0x0153_4C41;
    private const int StateOffset = 24;

    // Sixty-four pebibytes: no queue gets there, and no sum of addresses overflows.
    private const long MaxStart = 1L << 56;
    private const string Extension = ".log";

    public void Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], Start);
        BinaryPrimitives.WriteInt32LittleEndian(destination[16..], PageSize);
        destination[20] = WasUsedBefore ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Crc32C.Compute(destination[8..StateOffset]));
        State.Write(destination[StateOffset..]);
    }

    /// <summary>Null when it is damaged: the segment can still be read without it.</summary>
    public static SegmentHeader? TryRead(ReadOnlySpan<byte> source)
    {
        if (source.Length < Size
            || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(source[4..]) != Crc32C.Compute(source[8..StateOffset])
            || QueueState.TryRead(source[StateOffset..]) is not { } state)
            return null;
        return new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]), BinaryPrimitives.ReadInt32LittleEndian(source[16..]), state, source[20] == 1);
    }

    /// <summary>Null when it is damaged.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static SegmentHeader? TryRead(IQueueFile file)
    {
        var bytes = new byte[Size];
        return TryRead(bytes.AsSpan(0, file.Read(bytes, 0)));
    }

    public static string FileName(long start) => start.ToString("x16", CultureInfo.InvariantCulture) + Extension;

    public static bool TryParseFileName(string name, out long start)
    {
        start = 0;
        return name.Length == 16 + Extension.Length
            && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out start)
            && start is >= 0 and < MaxStart
            && name == FileName(start);
    }
}
