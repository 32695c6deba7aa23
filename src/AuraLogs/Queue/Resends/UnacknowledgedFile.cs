using System.Buffers.Binary;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;

namespace AuraLogs.Queue.Resends;

/// <summary>
/// The file <c>unacknowledged</c>: the chunks of <see cref="UnacknowledgedChunks"/>, written once when the queue is closed. Little-endian:
/// <code>
///  0  u32  magic "ALU" and format version 1
///  4  u32  CRC-32C of bytes 8 to the end of the chunks
///  8  u64  queue id
/// 16  i64  number of the state that was the newest when this was written
/// 24  i64  number of chunks, the oldest first, of 24 bytes each:
/// 32       u64, u64 key, its low and its high half; i64 address
/// </code>
/// Invariant: it counts for one start. After a crash nobody knows which of these chunks have been acknowledged since. So a start removes it
/// before anything is acknowledged, and writes a newer state; either is enough, because the removal can fail, and the newer state be damaged.
/// </summary>
internal static class UnacknowledgedFile
{
    public const string Name = "unacknowledged";

    /// <summary>The most that it takes on disk.</summary>
    public const int MaxSize = HeaderSize + (UnacknowledgedChunks.Capacity * ChunkSize);

    private const int HeaderSize = 32;
    private const int ChunkSize = 24;
    private const uint Magic = 0x0155_4C41;

    /// <summary>Nothing when it is not there, damaged, of another queue or outdated.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static IReadOnlyList<StoredChunk> Read(IQueueDisk disk, QueueState state)
    {
        if (!disk.Exists(Name))
            return [];
        using var file = disk.OpenToRead(Name);
        var header = new byte[HeaderSize];
        if (file.Read(header, 0) < HeaderSize
            || BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic
            || BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(8)) != state.QueueId
            || BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(16)) != state.Number
            || BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(24)) is not (>= 0 and <= UnacknowledgedChunks.Capacity and var count))
            return [];

        var bytes = new byte[HeaderSize + ((int)count * ChunkSize)];
        if (file.Read(bytes, 0) < bytes.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)) != Crc32C.Compute(bytes.AsSpan(8)))
            return [];
        var chunks = new StoredChunk[count];
        for (var i = 0; i < count; i++)
            chunks[i] = ReadChunk(bytes.AsSpan(HeaderSize + (i * ChunkSize)));
        return chunks;
    }

    public static void Write(IQueueDisk disk, QueueState state, ReadOnlySpan<StoredChunk> chunks)
    {
        var bytes = new byte[HeaderSize + (chunks.Length * ChunkSize)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), state.QueueId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), state.Number);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), chunks.Length);
        for (var i = 0; i < chunks.Length; i++)
            WriteChunk(chunks[i], bytes.AsSpan(HeaderSize + (i * ChunkSize)));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Crc32C.Compute(bytes.AsSpan(8)));
        using var file = disk.Create(Name);
        file.Write(bytes, 0);
    }

    private static StoredChunk ReadChunk(ReadOnlySpan<byte> source) => new(
        new UInt128(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source)),
        BinaryPrimitives.ReadInt64LittleEndian(source[16..]));

    private static void WriteChunk(StoredChunk chunk, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(destination, chunk.Key);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], chunk.Address);
    }
}
