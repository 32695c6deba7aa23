using AuraLogs.Unpacking;

namespace AuraLogs.Queue;

/// <summary>
/// What a sender's frame, or a part of it, becomes in the queue: a run of events of one chunk, as they came.
/// The queue copies everything during the append; the memory stays the caller's.
/// </summary>
internal readonly struct NewEntry
{
    /// <summary>The tag, UTF-8 as it was sent.</summary>
    public required ReadOnlyMemory<byte> Tag { get; init; }

    /// <summary>The sender's chunk id as it was sent; empty when there is none.</summary>
    public ReadOnlyMemory<byte> ChunkId { get; init; }

    /// <summary>
    /// <c>[time, record]</c> arrays in MessagePack, one after the other with nothing between them
    /// (the payload of PackedForward), compressed as <see cref="Compression"/> says.
    /// </summary>
    public required ReadOnlyMemory<byte> Events { get; init; }

    /// <summary>How many events <see cref="Events"/> holds: at least 1.</summary>
    public required int EventCount { get; init; }

    /// <summary>The place of the first event in its chunk: not 0 for the later parts of a frame that was split.</summary>
    public int FirstOrdinal { get; init; }

    /// <summary>The Unix second of the first event of the whole chunk; document ids start with it.</summary>
    public uint ChunkSecond { get; init; }

    public Compression Compression { get; init; }

    /// <summary>
    /// Whether another chunk, with as many events that have to be stored, may have the same tag and chunk id: the id is a hash of the
    /// content, and the times in the content are too coarse to tell two chunks apart.
    /// </summary>
    public bool ChunkIdMayRepeat { get; init; }
}
