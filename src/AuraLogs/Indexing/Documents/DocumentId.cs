using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace AuraLogs.Indexing.Documents;

/// <summary>
/// The <c>_id</c> of a document: 16 bytes, written as 22 characters.
/// <code>
/// bytes  0..3   the Unix second of the chunk's first event, big-endian
/// bytes  4..12  the first 9 bytes of the XXH128 of what identifies the chunk
/// bytes 13..15  the place in the chunk, big-endian (its low 24 bits; the rest takes part in the hash)
/// </code>
/// Invariants: the same event of the same chunk always has the same id, in whatever process; ids in their order as text are in
/// the order of their bytes, so that the ids of a new chunk lie behind those of older seconds and Elasticsearch can pass over
/// whole segments when it looks whether an id is there. 17 characters are the same for a whole chunk; 5 hold the last 2 bits
/// of the hash, the place and 4 bits of nothing. The hash need not resist those who look for a collision: whoever may send
/// a chunk may as well send one with the tag and the id of another.
/// </summary>
internal sealed class DocumentId
{
    public const int Length = 22;

    private const int ChunkLength = 17;
    private const int HashLength = 16;
    private const int OrdinalBits = 24;

    private readonly byte[] _chunk = new byte[ChunkLength];
    private uint _hashTail;

    /// <summary>64 characters in ASCII order, none of which needs an escape in JSON or in a URL.</summary>
    private static ReadOnlySpan<byte> Alphabet => "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"u8;

    /// <summary>Begins a chunk that its sender named.</summary>
    /// <param name="second">The Unix second of the chunk's first event.</param>
    /// <param name="tag">The tag: Fluent Bit's chunk id does not depend on it.</param>
    /// <param name="chunkId">The chunk's id.</param>
    /// <param name="ordinal">The place of the next event in the chunk.</param>
    public void BeginChunk(uint second, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> chunkId, long ordinal)
    {
        var length = 9 + tag.Length + chunkId.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        var identity = rented.AsSpan(0, length);
        identity[0] = (byte)'c';
        BinaryPrimitives.WriteInt32BigEndian(identity[1..], (int)(ordinal >> OrdinalBits));
        BinaryPrimitives.WriteInt32BigEndian(identity[5..], tag.Length);
        tag.CopyTo(identity[9..]);
        chunkId.CopyTo(identity[(9 + tag.Length)..]);
        Begin(second, identity);
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Begins an entry of the queue whose sender named no chunk.</summary>
    public void BeginEntry(uint second, ulong queueId, long address, long ordinal)
    {
        Span<byte> identity = stackalloc byte[21];
        identity[0] = (byte)'q';
        BinaryPrimitives.WriteInt32BigEndian(identity[1..], (int)(ordinal >> OrdinalBits));
        BinaryPrimitives.WriteUInt64BigEndian(identity[5..], queueId);
        BinaryPrimitives.WriteInt64BigEndian(identity[13..], address);
        Begin(second, identity);
    }

    /// <summary>Writes the part of the id that is the same for all events.</summary>
    public void WriteChunk(Span<byte> destination) => _chunk.CopyTo(destination);

    /// <summary>Writes the rest, behind what <see cref="WriteChunk"/> wrote, whose place is at the start of <paramref name="destination"/>.</summary>
    public void WriteOrdinal(long ordinal, Span<byte> destination)
    {
        var bits = (_hashTail << 28) | (((uint)ordinal & ((1u << OrdinalBits) - 1)) << 4);
        var alphabet = Alphabet;
        destination[21] = alphabet[(int)(bits & 63)];
        destination[20] = alphabet[(int)((bits >> 6) & 63)];
        destination[19] = alphabet[(int)((bits >> 12) & 63)];
        destination[18] = alphabet[(int)((bits >> 18) & 63)];
        destination[17] = alphabet[(int)((bits >> 24) & 63)];
    }

    private void Begin(uint second, ReadOnlySpan<byte> identity)
    {
        Span<byte> bytes = stackalloc byte[4 + HashLength];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, second);
        XxHash128.Hash(identity, bytes[4..]);

        // 13 bytes are 104 bits: 17 characters of 6 bits, and 2 bits left.
        var high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[5..]);
        for (var i = 0; i < 10; i++)
            _chunk[i] = Alphabet[(int)(high >> (58 - (6 * i))) & 63];
        for (var i = 10; i < ChunkLength; i++)
            _chunk[i] = Alphabet[(int)(low >> (98 - (6 * i))) & 63];
        _hashTail = (uint)low & 3;
    }
}
