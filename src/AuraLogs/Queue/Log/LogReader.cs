using System.Buffers;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;

namespace AuraLogs.Queue.Log;

/// <summary>
/// Reads the entries of all segments in order. It reads the files, not FasterLog's memory: what was written a moment ago
/// comes from the page cache, and one way of reading serves the queue, its recovery and the tools, on intact and on
/// damaged segments alike.
/// </summary>
/// <param name="disk">The queue's disk.</param>
/// <param name="segments">Its segments.</param>
/// <param name="layout">Its sizes.</param>
/// <param name="queueId">Whose entries to read.</param>
/// <param name="from">Where to begin.</param>
/// <param name="rent">Gives memory for an entry's body, of at least so many bytes; null: the runtime's shared pool.</param>
internal sealed class LogReader(
    IQueueDisk disk, SegmentSet segments, QueueLayout layout, ulong queueId, CommitPoint from, Func<int, IMemoryOwner<byte>>? rent = null) : IDisposable
{
    private readonly Func<int, IMemoryOwner<byte>> _rent = rent ?? MemoryPool<byte>.Shared.Rent;
    private readonly byte[] _window = new byte[layout.ReadWindowSize];
    private long _address = from.Address;
    private long _sequence = from.Sequence;
    private long _goodUntil = from.Address;
    private SegmentReader? _segment;
    private long _segmentStart = -1;
    private readonly List<long> _badBlocks = [];
    private bool _wentBack;
    private Residue? _garbage;
    private QueueEntry? _next;
    private long _nextSequence;

    /// <summary>The next entry, or a gap before it. Neither when everything up to <paramref name="committed"/> has been read.</summary>
    /// <exception cref="IOException">The disk failed; the same call can be made again.</exception>
    public QueueEntry? TryRead(CommitPoint committed, out Gap? gap)
    {
        gap = null;
        while (true)
        {
            var found = _next is not null || TryFind(committed);
            var (to, nextSequence) = found ? (_next!.Position.Address, _nextSequence) : (committed.Address, committed.Sequence);
            if (nextSequence <= _sequence && _garbage is null)
            {
                if (!found)
                    return null;
                break;
            }

            if (_badBlocks.Count == 0 || _wentBack)
            {
                gap = PassGap(to, nextSequence);
                return null;
            }

            GoBack();
        }

        var entry = _next!;
        _next = null;
        _badBlocks.Clear();
        _wentBack = false;
        _sequence = _nextSequence + entry.EventCount;
        _goodUntil = entry.Position.NextAddress;
        return entry;
    }

    /// <summary>When the next entry came in, without giving it out; null when there is none.</summary>
    /// <exception cref="IOException">The disk failed; the same call can be made again.</exception>
    public DateTimeOffset? NextReceivedAt(CommitPoint committed) => _next is not null || TryFind(committed) ? _next!.ReceivedAt : null;

    /// <summary>Passes over the block that the disk fails to read; it is part of a gap then.</summary>
    /// <returns>Where the block begins.</returns>
    public long SkipUnreadable()
    {
        var block = BlockOf(_address);
        _badBlocks.Add(block);
        _address = SegmentReader.BlockAfter(_address);
        return block;
    }

    /// <summary>Whether something else can be read near the block at which reading fails: else it is not the block, but the disk.</summary>
    /// <exception cref="IOException">The segment can't even be opened.</exception>
    public bool CanReadElsewhere()
    {
        if (segments.Find(_address) is not { } segment)
            return false;
        using var file = disk.OpenToRead(segment.Name);
        var block = SegmentHeader.Size + BlockOf(Math.Max(_address, segment.Start)) - segment.Start;
        return CanRead(file, block + SegmentReader.Block) || CanRead(file, block - SegmentReader.Block) || CanRead(file, 0);
    }

    public void Dispose()
    {
        _segment?.Dispose();
        _next?.Dispose();
    }

    /// <summary>Moves on to the next intact entry, and keeps it as the next one to give out.</summary>
    private bool TryFind(CommitPoint committed)
    {
        while (true)
        {
            try
            {
                return TryFindOnce(committed);
            }
            catch (IOException) when (_wentBack && _badBlocks.Contains(BlockOf(_address)))
            {
                _address = SegmentReader.BlockAfter(_address);
            }
        }
    }

    private bool TryFindOnce(CommitPoint committed)
    {
        while (true)
        {
            if (_address >= committed.Address)
                return false;

            if (segments.Find(_address) is not { } segment || segment.Start >= committed.Address)
            {
                _address = committed.Address;
                continue;
            }

            _address = Math.Max(_address, segment.Start);
            var end = Math.Min(segment.End, committed.Address);
            if (!TryEnter(segment))
            {
                _address = end;
                continue;
            }

            if (!_segment!.TryFind(_address, end, out var header))
            {
                if (_goodUntil <= segment.Start && _segment.Garbage() is { } garbage)
                    _garbage = garbage with { From = _garbage?.From ?? garbage.From };
                _address = end;
                continue;
            }

            _address = header.Address; // so that it is this block that is passed over when the body can't be read
            if (TryReadBody(header))
                return true;
            _address = header.Address + sizeof(int);
        }
    }

    private bool TryReadBody(in EntryHeader header)
    {
        var body = _rent(header.BodyLength);
        try
        {
            if (!_segment!.TryReadBody(header, body.Memory.Span[..header.BodyLength]))
                return false;
            _next = new QueueEntry(header, body);
            _nextSequence = header.Sequence;
            _address = header.NextAddress;
            return true;
        }
        finally
        {
            if (_next is null)
                body.Dispose();
        }
    }

    /// <summary>Looks once more at what was passed over, before it is said to be missing: the disk may be well again.</summary>
    private void GoBack()
    {
        _wentBack = true;
        _address = _goodUntil;
        _next?.Dispose();
        _next = null;
        _garbage = null;
    }

    private static bool CanRead(IQueueFile file, long offset)
    {
        try
        {
            return offset >= 0 && file.Read(stackalloc byte[1], offset) > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static long BlockOf(long address) => SegmentReader.BlockAfter(address) - SegmentReader.Block;

    private Gap PassGap(long to, long nextSequence)
    {
        // Garbage alone, with nothing missing, is no wider than it is.
        var gap = nextSequence > _sequence || _garbage is not { } garbage
            ? new Gap(_goodUntil, to, nextSequence - _sequence, nextSequence)
            : new Gap(garbage.From, garbage.To, 0, nextSequence);
        gap = gap with { IsUnread = _badBlocks.Count > 0 };
        _sequence = nextSequence;
        _goodUntil = to;
        if (_next is null)
            _address = to; // a block that was passed over may reach behind what is committed: what comes there is to be read
        _garbage = null;
        _badBlocks.Clear();
        _wentBack = false;
        return gap;
    }

    /// <summary>False when the file is gone: what was in it is a gap then.</summary>
    private bool TryEnter(Segment segment)
    {
        if (_segmentStart == segment.Start)
            return true;
        _segment?.Dispose();
        _segment = null;
        _segmentStart = -1;
        try
        {
            _segment = new SegmentReader(disk.OpenToRead(segment.Name), segment, layout, queueId, _window);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }

        _segmentStart = segment.Start;
        return true;
    }
}
