using System.Buffers;
using AuraLogs.Queue.Format;
using AuraLogs.Unpacking;

namespace AuraLogs.Queue;

/// <summary>
/// One committed entry as the reader gives it out. It owns a pooled buffer, so everything it shows is valid until
/// <see cref="Dispose"/>, which its one owner calls once. Completing it (<see cref="LogQueue.Complete"/>) is separate
/// and needs the entry's <see cref="Position"/> only.
/// </summary>
internal sealed class QueueEntry : IDisposable
{
    private readonly EntryHeader _header;
    private readonly ReadOnlyMemory<byte> _bytes;
    private IMemoryOwner<byte>? _body;

    /// <param name="header">The entry's header.</param>
    /// <param name="body">Tag, chunk id and events, in memory that the entry owns from now on.</param>
    internal QueueEntry(in EntryHeader header, IMemoryOwner<byte> body)
    {
        _header = header;
        _body = body;
        _bytes = body.Memory;
    }

    /// <summary>Where it stands in the queue; also what <see cref="LogQueue.Complete"/> takes.</summary>
    public EntryPosition Position => new(_header.Address, _header.NextAddress);

    /// <summary>When the queue took it in (UTC).</summary>
    public DateTimeOffset ReceivedAt => new(_header.ReceivedAtTicks, TimeSpan.Zero);

    public ReadOnlyMemory<byte> Tag => Body[.._header.TagLength];

    /// <summary>Empty when the sender gave none.</summary>
    public ReadOnlyMemory<byte> ChunkId => Body.Slice(_header.TagLength, _header.ChunkIdLength);

    public ReadOnlyMemory<byte> Events => Body.Slice(_header.TagLength + _header.ChunkIdLength, _header.EventsLength);

    public int EventCount => _header.EventCount;

    public int FirstOrdinal => _header.FirstOrdinal;

    public uint ChunkSecond => _header.ChunkSecond;

    public Compression Compression => _header.Compression;

    /// <summary>Whether tag and chunk id don't tell this chunk from others (<see cref="NewEntry.ChunkIdMayRepeat"/>).</summary>
    public bool ChunkIdMayRepeat => _header.ChunkIdMayRepeat;

    internal long Sequence => _header.Sequence;

    internal long NextSequence => _header.NextSequence;

    internal long? CommittedSequence => _header.CommittedSequence;

    private ReadOnlyMemory<byte> Body
    {
        get
        {
            ObjectDisposedException.ThrowIf(_body is null, this);
            return _bytes;
        }
    }

    public void Dispose() => Interlocked.Exchange(ref _body, null)?.Dispose();
}
