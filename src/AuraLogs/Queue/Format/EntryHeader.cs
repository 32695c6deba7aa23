using System.Buffers.Binary;
using AuraLogs.Unpacking;

namespace AuraLogs.Queue.Format;

/// <summary>
/// The header of an entry on disk. An entry is, little-endian, from its address on:
/// <code>
///  0  i32  length of everything after this field (written by FasterLog)
///  4  u32  magic "ALQ" and format version 1
///  8  u32  CRC-32C of bytes 12 to 72: the rest of this header
/// 12  u32  CRC-32C of the body
/// 16  i32  events, bytes
/// 20  u16  tag, bytes
/// 22  u16  chunk id, bytes
/// 24  i32  event count
/// 28  i32  first ordinal
/// 32  u32  chunk second
/// 36  u8   compression
/// 37  u23  events between what was known to be committed when the entry was written and the entry, plus 1; 0x7FFFFF: so many or more;
///          0: not told (versions before did not, and don't look at it)
///     u1   the highest bit: 1 when other chunks may have the same chunk id (<see cref="NewEntry.ChunkIdMayRepeat"/>)
/// 40  u64  queue id
/// 48  i64  address
/// 56  i64  sequence: events received before this entry since the queue was created
/// 64  i64  received at, in ticks of 100 ns since 0001-01-01 UTC
/// 72       body: tag, chunk id, events; then zeros up to the next multiple of 4
/// </code>
/// Invariants: an entry never spans pages; the zeros between entries and at the end of a page belong to nobody; the
/// sequence of an entry is the sequence of the one before plus its event count, so that a gap tells exactly how many
/// events are missing. What an entry says to be committed before it tells a loss from a torn write: a gap that nothing behind it
/// knows to be committed was never acknowledged. Queue id and address make an entry recognisable at one place of one queue only.
/// </summary>
internal readonly struct EntryHeader
{
    public const int LengthField = sizeof(int);
    public const int Size = 72;
    private const uint Magic = 0x0151_4C41;
    private const long MostUncommitted = 0x7F_FFFF - 1;
    private const uint MayRepeatBit = 1u << 31;

    public required int EventsLength { get; init; }
    public required int TagLength { get; init; }
    public required int ChunkIdLength { get; init; }
    public required int EventCount { get; init; }
    public required int FirstOrdinal { get; init; }
    public required uint ChunkSecond { get; init; }
    public required Compression Compression { get; init; }
    public bool ChunkIdMayRepeat { get; init; }
    public required ulong QueueId { get; init; }
    public required long Address { get; init; }
    public required long Sequence { get; init; }

    /// <summary>The sequence up to which everything was known to be committed when the entry was written; null when it does not tell.</summary>
    public long? CommittedSequence { get; init; }

    public required long ReceivedAtTicks { get; init; }
    public required uint BodyCrc { get; init; }

    public int BodyLength => TagLength + ChunkIdLength + EventsLength;

    /// <summary>Where the next entry may begin.</summary>
    public long NextAddress => Address + SizeOnDisk(BodyLength);

    public long NextSequence => Sequence + EventCount;

    /// <summary>What an entry takes in its page, the length field and the padding included.</summary>
    public static int SizeOnDisk(int bodyLength) => (Size + bodyLength + 3) & ~3;

    /// <summary>Writes everything but FasterLog's length field: bytes 4 to 72.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], BodyCrc);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], EventsLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[16..], (ushort)TagLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[18..], (ushort)ChunkIdLength);
        BinaryPrimitives.WriteInt32LittleEndian(destination[20..], EventCount);
        BinaryPrimitives.WriteInt32LittleEndian(destination[24..], FirstOrdinal);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[28..], ChunkSecond);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[32..], (byte)Compression | (Uncommitted << 8) | (ChunkIdMayRepeat ? MayRepeatBit : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(destination[36..], QueueId);
        BinaryPrimitives.WriteInt64LittleEndian(destination[44..], Address);
        BinaryPrimitives.WriteInt64LittleEndian(destination[52..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[60..], ReceivedAtTicks);
        var crc = Crc32C.Compute(destination[8..(Size - LengthField)]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], crc);
    }

    /// <summary>
    /// Reads the header of an entry from its first byte on. False unless everything about it is as this queue would have
    /// written it at this address (any queue, when <paramref name="queueId"/> is null); the body still has to be checked
    /// against <see cref="BodyCrc"/>.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> source, long address, ulong? queueId, out EntryHeader header)
    {
        header = default;
        if (source.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(source[4..]) != Magic)
            return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[8..]) != Crc32C.Compute(source[12..Size]))
            return false;

        header = new EntryHeader
        {
            BodyCrc = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            EventsLength = BinaryPrimitives.ReadInt32LittleEndian(source[16..]),
            TagLength = BinaryPrimitives.ReadUInt16LittleEndian(source[20..]),
            ChunkIdLength = BinaryPrimitives.ReadUInt16LittleEndian(source[22..]),
            EventCount = BinaryPrimitives.ReadInt32LittleEndian(source[24..]),
            FirstOrdinal = BinaryPrimitives.ReadInt32LittleEndian(source[28..]),
            ChunkSecond = BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
            Compression = (Compression)source[36],
            CommittedSequence = Committed(
                (BinaryPrimitives.ReadUInt32LittleEndian(source[36..]) & ~MayRepeatBit) >> 8, BinaryPrimitives.ReadInt64LittleEndian(source[56..])),
            ChunkIdMayRepeat = (BinaryPrimitives.ReadUInt32LittleEndian(source[36..]) & MayRepeatBit) != 0,
            QueueId = BinaryPrimitives.ReadUInt64LittleEndian(source[40..]),
            Address = BinaryPrimitives.ReadInt64LittleEndian(source[48..]),
            Sequence = BinaryPrimitives.ReadInt64LittleEndian(source[56..]),
            ReceivedAtTicks = BinaryPrimitives.ReadInt64LittleEndian(source[64..]),
        };
        return header.Address == address
            && header.QueueId == (queueId ?? header.QueueId)
            && header.EventsLength >= 0
            && header.EventCount > 0
            && header.Sequence >= 0
            && BinaryPrimitives.ReadInt32LittleEndian(source) == Size - LengthField + header.BodyLength;
    }

    private uint Uncommitted => CommittedSequence is { } committed ? (uint)Math.Min(Sequence - committed, MostUncommitted) + 1 : 0;

    private static long? Committed(uint uncommitted, long sequence) => uncommitted switch
    {
        0 => null,
        (uint)MostUncommitted + 1 => 0,
        _ => sequence - (uncommitted - 1),
    };

    /// <summary>Whether this is the header of an entry that the queue wrote at another address: what a file held before it was used again.</summary>
    public static bool IsOfAnotherPlace(ReadOnlySpan<byte> source, long address, ulong queueId) =>
        source.Length >= Size
        && BinaryPrimitives.ReadInt64LittleEndian(source[48..]) is var itsOwn
        && itsOwn != address
        && TryRead(source, itsOwn, queueId, out _);
}
