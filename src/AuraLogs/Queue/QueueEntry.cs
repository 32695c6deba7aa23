namespace AuraLogs.Queue;

/// <summary>
/// One committed entry as the reader gives it out. It owns a pooled buffer, so everything it shows is valid until
/// <see cref="Dispose"/>, which its one owner calls once. Completing it (<see cref="LogQueue.Complete"/>) is separate
/// and needs the entry's <see cref="Position"/> only.
/// </summary>
internal sealed class QueueEntry : IDisposable
{
    /// <summary>Where it stands in the queue; also what <see cref="LogQueue.Complete"/> takes.</summary>
    public EntryPosition Position { get; }

    /// <summary>When the queue took it in (UTC).</summary>
    public DateTimeOffset ReceivedAt { get; }

    public ReadOnlyMemory<byte> Tag { get; }

    /// <summary>Empty when the sender gave none.</summary>
    public ReadOnlyMemory<byte> ChunkId { get; }

    public ReadOnlyMemory<byte> Events { get; }

    public int EventCount { get; }

    public int FirstOrdinal { get; }

    public uint ChunkSecond { get; }

    public Compression Compression { get; }

    public void Dispose() => throw new NotImplementedException();
}
