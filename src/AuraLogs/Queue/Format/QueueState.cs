using System.Buffers.Binary;

namespace AuraLogs.Queue.Format;

/// <summary>
/// Where the queue stands: what has to survive a restart besides the entries. It is kept in the state file, and copied
/// into the header of every segment, so that losing the state file loses little. Little-endian:
/// <code>
///  0  u32  CRC-32C of bytes 4 to 96
///  4  u32  1: with what is from 96 on; 0: written by a version before, which ends there
///  8  u64  queue id
/// 16  i64  position: address of the first entry that is not completed
/// 24  i64  sequence at the position
/// 32  i64  committed address
/// 40  i64  sequence at the committed address
/// 48  i64  indexed, 56 duplicates, 64 dead-lettered, 72 quarantined: events below the position
/// 80  i64  forgotten: events below the position of which nothing else is known, because every copy of the state was lost
/// 88  i64  number of this state; the higher one is the newer
/// 96  u32  CRC-32C of bytes 0 to 4 and what follows: a torn write leaves no state with what was torn in another
/// 100 u32  torn writes above the position, at most 100
/// 104      for each of them i64 from, i64 to, i64 events (<see cref="TornWrite"/>)
/// </code>
/// Invariant: sequence at the position = indexed + duplicates + dead-lettered + quarantined + forgotten.
/// </summary>
internal sealed record QueueState
{
    public const int Size = 104 + (MostTorn * TornSize);
    private const int Fixed = 96;
    private const uint WithTorn = 1;
    private const int MostTorn = 100;
    private const int TornSize = 24;

    public ulong QueueId { get; init; }
    public long Position { get; init; }
    public long PositionSequence { get; init; }
    public long CommittedAddress { get; init; }
    public long CommittedSequence { get; init; }
    public long Indexed { get; init; }
    public long Duplicates { get; init; }
    public long DeadLettered { get; init; }
    public long Quarantined { get; init; }
    public long Forgotten { get; init; }
    public long Number { get; init; }

    /// <summary>In order of address; more than a hundred are told as one.</summary>
    public IReadOnlyList<TornWrite> Torn { get; init; } = [];

    public void Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], WithTorn);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], QueueId);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Position);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], PositionSequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], CommittedAddress);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], CommittedSequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[48..], Indexed);
        BinaryPrimitives.WriteInt64LittleEndian(destination[56..], Duplicates);
        BinaryPrimitives.WriteInt64LittleEndian(destination[64..], DeadLettered);
        BinaryPrimitives.WriteInt64LittleEndian(destination[72..], Quarantined);
        BinaryPrimitives.WriteInt64LittleEndian(destination[80..], Forgotten);
        BinaryPrimitives.WriteInt64LittleEndian(destination[88..], Number);
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Crc32C.Compute(destination[4..Fixed]));

        // The oldest become one when there are too many: it reaches from the first to the last of them and is short of all their events.
        var torn = Torn.TakeLast(MostTorn).ToArray();
        foreach (var older in Torn.SkipLast(MostTorn).Reverse())
            torn[0] = new TornWrite(older.From, torn[0].To, older.Events + torn[0].Events);
        BinaryPrimitives.WriteInt32LittleEndian(destination[100..], torn.Length);
        for (var i = 0; i < torn.Length; i++)
        {
            var write = destination[(104 + (i * TornSize))..];
            BinaryPrimitives.WriteInt64LittleEndian(write, torn[i].From);
            BinaryPrimitives.WriteInt64LittleEndian(write[8..], torn[i].To);
            BinaryPrimitives.WriteInt64LittleEndian(write[16..], torn[i].Events);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination[Fixed..], Crc32C.Compute(destination[..4], destination[100..(104 + (torn.Length * TornSize))], []));
    }

    /// <summary>Null when the bytes are not a state, or not an intact one.</summary>
    public static QueueState? TryRead(ReadOnlySpan<byte> source)
    {
        if (source.Length < Fixed || BinaryPrimitives.ReadUInt32LittleEndian(source) != Crc32C.Compute(source[4..Fixed]))
            return null;
        TornWrite[]? torn = [];
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[4..]) == WithTorn && (torn = ReadTorn(source)) is null)
            return null;
        return new QueueState
        {
            QueueId = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            Position = BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            PositionSequence = BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            CommittedAddress = BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            CommittedSequence = BinaryPrimitives.ReadInt64LittleEndian(source[40..]),
            Indexed = BinaryPrimitives.ReadInt64LittleEndian(source[48..]),
            Duplicates = BinaryPrimitives.ReadInt64LittleEndian(source[56..]),
            DeadLettered = BinaryPrimitives.ReadInt64LittleEndian(source[64..]),
            Quarantined = BinaryPrimitives.ReadInt64LittleEndian(source[72..]),
            Forgotten = BinaryPrimitives.ReadInt64LittleEndian(source[80..]),
            Number = BinaryPrimitives.ReadInt64LittleEndian(source[88..]),
            Torn = torn,
        };
    }

    private static TornWrite[]? ReadTorn(ReadOnlySpan<byte> source)
    {
        if (source.Length < Size
            || BinaryPrimitives.ReadInt32LittleEndian(source[100..]) is not (>= 0 and <= MostTorn and var count)
            || BinaryPrimitives.ReadUInt32LittleEndian(source[Fixed..]) != Crc32C.Compute(source[..4], source[100..(104 + (count * TornSize))], []))
            return null;
        if (count == 0)
            return [];
        var torn = new TornWrite[count];
        for (var i = 0; i < count; i++)
        {
            var write = source[(104 + (i * TornSize))..];
            torn[i] = new TornWrite(
                BinaryPrimitives.ReadInt64LittleEndian(write),
                BinaryPrimitives.ReadInt64LittleEndian(write[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(write[16..]));
        }

        return torn;
    }
}
