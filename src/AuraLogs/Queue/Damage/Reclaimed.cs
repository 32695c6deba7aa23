using System.Buffers;
using System.Collections.Concurrent;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Queue.Progress;

namespace AuraLogs.Queue.Damage;

/// <summary>
/// Entries of parts that were set aside and turn out to be intact, because the disk can be read again or somebody has mended the bytes.
/// They are given out once more, at their own addresses, so that documents keep their ids. A part is settled when all of its intact entries
/// are completed: then its events move in the ledger. Safe for all threads; one at a time looks and is given entries.
/// </summary>
internal sealed class Reclaimed(IQueueDisk disk, SegmentSet segments, QueueLayout layout, ulong queueId, Func<int, IMemoryOwner<byte>> rent) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<(QuarantinedPart Part, bool IsWhole, Work? Begun)> _ready = new();
    private readonly ConcurrentQueue<Work> _interrupted = new(); // by a read that failed: they go on where they stopped, after the next look
    private readonly Dictionary<long, (Work Work, int EventCount)> _given = [];
    private readonly List<Work> _settled = [];
    private Work? _current;

    /// <summary>Looks at parts: those of which every byte can be read, and in which there is an intact entry, are given out from now on.</summary>
    public void Look(IReadOnlyList<QuarantinedPart> parts)
    {
        while (_interrupted.TryDequeue(out var work))
            _ready.Enqueue((work.Part, work.IsWhole, work));
        foreach (var part in parts)
        {
            if (IsKnown(part))
                continue;
            try
            {
                using var work = new Work(part, disk, segments, layout, queueId, MemoryPool<byte>.Shared.Rent);
                var (events, bytes) = (0L, 0L);
                while (work.TryRead() is { } entry)
                {
                    events += entry.EventCount;
                    bytes += entry.Position.NextAddress - entry.Position.Address;
                    entry.Dispose();
                }

                if (bytes > 0 || part.IsUnread)
                    _ready.Enqueue((part, part.IsWholeWith(events, bytes), null));
            }
            catch (Exception e) when (DiskError.IsRefusal(e))
            {
                // It can't be read now: the next look is in a minute, or at the next start.
            }
        }
    }

    /// <summary>Whether there is nothing to give out.</summary>
    public bool IsIdle => _current is null && _ready.Count == 0;

    /// <summary>Whether a part waits for the next look because it could not be read further.</summary>
    public bool IsInterrupted => !_interrupted.IsEmpty;

    /// <summary>Gives out the next entry; null when there is none now, or a part has no more. One caller at a time.</summary>
    /// <exception cref="IOException">The disk fails again: the part waits for the next look.</exception>
    public QueueEntry? TryGive()
    {
        var entry = TryRead();
        lock (_lock)
        {
            if (entry is not null)
                Give(entry);
            else
                EndPart();
        }

        return entry;
    }

    /// <summary>False when the entry is not one of these.</summary>
    /// <exception cref="ArgumentException">The outcome does not add up.</exception>
    public bool TryComplete(EntryPosition position, EntryOutcome outcome)
    {
        lock (_lock)
        {
            if (!_given.TryGetValue(position.Address, out var given))
                return false;
            if (!outcome.AddsUpTo(given.EventCount))
                throw new ArgumentException($"The outcome {outcome} does not add up to the {given.EventCount} events of the entry.", nameof(outcome));
            var work = given.Work;
            work.Sums += new OutcomeSums(outcome.Indexed, outcome.Duplicates, outcome.DeadLettered, 0);
            work.Waiting--;
            _given.Remove(position.Address);
            SettleIfDone(work);
            return true;
        }
    }

    /// <summary>The next part of which everything is completed.</summary>
    public Work? NextSettled
    {
        get
        {
            lock (_lock)
                return _settled.Count > 0 ? _settled[0] : null;
        }
    }

    public void RemoveSettled()
    {
        lock (_lock)
            _settled.RemoveAt(0);
    }

    public void Dispose()
    {
        _current?.Dispose();
        foreach (var work in _interrupted)
            work.Dispose();
        foreach (var (_, _, begun) in _ready)
            begun?.Dispose();
    }

    private bool IsKnown(QuarantinedPart part)
    {
        lock (_lock)
        {
            return _ready.Any(ready => ready.Part == part) || _current?.Part == part || _given.Values.Any(given => given.Work.Part == part)
                || _settled.Exists(work => work.Part == part);
        }
    }

    private QueueEntry? TryRead()
    {
        if (_current is null)
        {
            if (!_ready.TryDequeue(out var next))
                return null;
            _current = next.Begun ?? new Work(next.Part, disk, segments, layout, queueId, rent) { IsWhole = next.IsWhole };
        }

        try
        {
            return _current.TryRead();
        }
        catch
        {
            _interrupted.Enqueue(_current); // what it has given out is not given out again
            _current = null;
            throw;
        }
    }

    private void Give(QueueEntry entry)
    {
        _current!.Waiting++;
        _given.Add(entry.Position.Address, (_current, entry.EventCount));
    }

    /// <summary>The part that is read has no more entries.</summary>
    private void EndPart()
    {
        if (_current is null)
            return;
        _current.IsRead = true;
        _current.Dispose();
        SettleIfDone(_current);
        _current = null;
    }

    private void SettleIfDone(Work work)
    {
        if (work is { IsRead: true, Waiting: 0 })
            _settled.Add(work);
    }

    /// <summary>A part and its entries.</summary>
    internal sealed class Work : IDisposable
    {
        private readonly LogReader? _log;
        private readonly SegmentReader? _copy;
        private readonly Func<int, IMemoryOwner<byte>> _rent;
        private long _address;

        public Work(QuarantinedPart part, IQueueDisk disk, SegmentSet segments, QueueLayout layout, ulong queueId, Func<int, IMemoryOwner<byte>> rent)
        {
            (Part, _rent, _address) = (part, rent, part.From);
            if (part.IsUnread)
                _log = new LogReader(disk, segments, layout, queueId, new CommitPoint(part.From, long.MaxValue), rent);
            else
                _copy = new SegmentReader(
                    new Copy(disk.OpenToRead($"{Quarantine.Directory}/{part.Name}")), new Segment(part.From, part.To), layout, queueId, new byte[layout.ReadWindowSize]);
        }

        public QuarantinedPart Part { get; }

        public bool IsWhole { get; init; }

        public bool IsRead { get; set; }

        public int Waiting { get; set; }

        public OutcomeSums Sums { get; set; }

        public QueueEntry? TryRead()
        {
            if (_log is not null)
                return FromLog();
            while (_copy!.TryFind(_address, Part.To, out var header))
            {
                if (TryReadBody(header) is { } entry)
                    return entry;
                _address = header.Address + sizeof(int);
            }

            return null;
        }

        private QueueEntry? TryReadBody(in EntryHeader header)
        {
            var body = _rent(header.BodyLength);
            var isIntact = false;
            try
            {
                isIntact = _copy!.TryReadBody(header, body.Memory.Span[..header.BodyLength]);
            }
            finally
            {
                if (!isIntact)
                    body.Dispose();
            }

            if (!isIntact)
                return null;
            _address = header.NextAddress;
            return new QueueEntry(header, body);
        }

        private QueueEntry? FromLog()
        {
            while (true)
            {
                var entry = _log!.TryRead(new CommitPoint(Part.To, 0), out var gap);
                if (entry is not null || gap is null)
                    return entry;
            }
        }

        public void Dispose()
        {
            _log?.Dispose();
            _copy?.Dispose();
        }
    }

    /// <summary>A copied part, read as if it were a segment with a damaged header.</summary>
    private sealed class Copy(IQueueFile file) : IQueueFile
    {
        public long Length => SegmentHeader.Size + file.Length;

        public int Read(Span<byte> destination, long offset) =>
            offset < SegmentHeader.Size ? 0 : file.Read(destination, offset - SegmentHeader.Size);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => throw new NotSupportedException();

        public void Truncate(long length) => throw new NotSupportedException();

        public void Dispose() => file.Dispose();
    }
}
