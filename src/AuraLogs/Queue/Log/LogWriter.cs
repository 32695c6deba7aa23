using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using FASTER.core;

namespace AuraLogs.Queue.Log;

/// <summary>
/// Appends to FasterLog and commits. Appends come from any thread and take turns, because the sequence in an entry has
/// to follow its address; commits come from one thread. Every run of it, after a start or a failure, begins with a
/// segment of its own: what an earlier run has written is never written over.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private static readonly NoCommitManager CommitManager = new();

    private readonly Lock _lock = new();
    private readonly IQueueDisk _disk;
    private readonly SegmentSet _segments;
    private readonly SpareSegments _spares;
    private readonly QueueLayout _layout;
    private readonly SizeLimit _limit;
    private readonly Func<QueueState> _state;
    private readonly ulong _queueId;
    private FasterLog? _log;
    private SegmentDevice? _device;
    private long _origin;
    private long _sequence;
    private long _appended;
    private long _nextReceivedAtTicks;
    private CommitPoint _committed;
    private Exception? _broken;

    public LogWriter(
        IQueueDisk disk, SegmentSet segments, SpareSegments spares, QueueLayout layout, SizeLimit limit, ulong queueId, CommitPoint committed,
        Func<QueueState> state)
    {
        (_disk, _segments, _spares, _layout, _limit, _queueId, _state) = (disk, segments, spares, layout, limit, queueId, state);
        _sequence = committed.Sequence;
        _origin = PageAfter(Math.Max(committed.Address, segments.Last?.End ?? 0));
        _committed = committed with { Address = _origin };
        Open(NewDevice());
    }

    /// <summary>What is on disk.</summary>
    public CommitPoint Committed
    {
        get
        {
            lock (_lock)
                return _committed;
        }
    }

    /// <summary>Whether the next append may succeed: the queue is neither full nor failing.</summary>
    public bool TakesEntries
    {
        get
        {
            lock (_lock)
                return !_limit.IsFull && _log is not null && _broken is null;
        }
    }

    /// <summary>How many pages are in memory: all, from the start.</summary>
    public int Pages
    {
        get
        {
            lock (_lock)
                return _log is null ? 0 : FasterPages.CountAllocated(_log, _layout.BufferPages);
        }
    }

    /// <summary>Copies an entry into memory; the next commit writes it.</summary>
    /// <param name="entry">What to append; its size has been checked.</param>
    /// <param name="bodyCrc">The checksum of tag, chunk id and events, computed outside the lock.</param>
    /// <param name="receivedAtTicks">UTC.</param>
    /// <param name="end">The address that a commit has to reach.</param>
    public AppendResult TryAppend(in NewEntry entry, uint bodyCrc, long receivedAtTicks, out long end)
    {
        var size = EntryHeader.SizeOnDisk(entry.Tag.Length + entry.ChunkId.Length + entry.Events.Length);
        lock (_lock)
        {
            end = 0;
            if (_log is null || _broken is not null)
                return AppendResult.Failing;

            // FasterLog puts an entry that does not fit in the rest of a page at the start of the next one.
            var tail = _log.TailAddress;
            var address = _origin + (tail % _layout.PageSize + size > _layout.PageSize ? PageAfter(tail) : tail);
            if (!_limit.TryGrow(_origin, address + size))
                return AppendResult.QueueFull;

            var header = new EntryHeader
            {
                Address = address,
                Sequence = _sequence,
                CommittedSequence = _committed.Sequence,
                QueueId = _queueId,
                ReceivedAtTicks = receivedAtTicks,
                BodyCrc = bodyCrc,
                TagLength = entry.Tag.Length,
                ChunkIdLength = entry.ChunkId.Length,
                EventsLength = entry.Events.Length,
                EventCount = entry.EventCount,
                FirstOrdinal = entry.FirstOrdinal,
                ChunkSecond = entry.ChunkSecond,
                Compression = entry.Compression,
                ChunkIdMayRepeat = entry.ChunkIdMayRepeat,
            };
            try
            {
                if (!_log.TryEnqueue(new EntryToAppend(header, entry), out var appendedAt))
                    return AppendResult.BufferFull;
                if (_origin + appendedAt != address)
                    throw new InvalidOperationException($"FasterLog put an entry at {_origin + appendedAt} instead of {address}.");
            }
            catch (Exception e)
            {
                // Half an entry may be in a page, and FasterLog in any state: the next commit fails, and the log is opened again.
                _broken = e;
                return AppendResult.Broken;
            }

            if (_nextReceivedAtTicks == 0)
                _nextReceivedAtTicks = receivedAtTicks;
            _sequence = header.NextSequence;
            end = header.NextAddress;
            Volatile.Write(ref _appended, end);
            return AppendResult.Appended;
        }
    }

    /// <summary>The end of what was appended. Looking takes no lock, so that it can be looked at when something hangs.</summary>
    public long Appended => Volatile.Read(ref _appended);

    /// <summary>When the first of the entries that the last commit brought to the disk came in (UTC ticks); 0 when it brought none.</summary>
    public long FirstReceivedAtTicks { get; private set; }

    /// <summary>Brings everything appended so far to the disk. Null when there was nothing to do.</summary>
    /// <exception cref="IOException">The disk failed: <see cref="Fail"/> and <see cref="Reopen"/> are next.</exception>
    public CommitPoint? Commit()
    {
        CommitPoint point;
        FasterLog log;
        SegmentDevice device;
        lock (_lock)
        {
            if (_log is null || _device is null)
                return null;
            if (_broken is not null)
                throw new IOException($"an append failed: {_broken.Message}", _broken);
            (log, device) = (_log, _device);
            point = new CommitPoint(_origin + log.TailAddress, _sequence);
            if (_sequence == _committed.Sequence && !device.HasPending)
                return null;
            (FirstReceivedAtTicks, _nextReceivedAtTicks) = (_nextReceivedAtTicks, 0);
            log.Commit();
        }

        var spin = default(SpinWait);
        device.WritePending();
        while (_origin + log.FlushedUntilAddress < point.Address)
        {
            spin.SpinOnce();
            device.WritePending();
        }

        lock (_lock)
            _committed = point;
        return point;
    }

    /// <summary>Gives up everything that is not committed.</summary>
    /// <returns>The end of the addresses that are lost; they are never used again.</returns>
    public long Fail()
    {
        lock (_lock)
        {
            var tail = _origin + _log!.TailAddress;
            Close();
            _sequence = _committed.Sequence;
            _nextReceivedAtTicks = 0;
            _origin = PageAfter(Math.Max(tail, _segments.Last?.End ?? 0));
            return tail;
        }
    }

    /// <summary>Takes what a failed run left beyond the committed address off the disk, and begins a new one.</summary>
    /// <exception cref="IOException">The disk still fails.</exception>
    public void Reopen()
    {
        TakeBackUncommitted();
        if (_disk.AvailableBytes < 2L * _layout.PageSize)
            throw new IOException("No space left on the file system");
        var device = NewDevice();
        try
        {
            device.BeginSegment(_origin);
            lock (_lock)
                Open(device);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        lock (_lock)
            Close();
    }

    private void TakeBackUncommitted()
    {
        while (_segments.Last is { } last && last.End > _committed.Address)
        {
            if (last.Start >= _committed.Address)
            {
                _disk.Delete(last.Name);
                _segments.RemoveLast();
                continue;
            }

            using var file = _disk.Open(last.Name);
            file.Truncate(SegmentHeader.Size + (_committed.Address - last.Start));
            _segments.Resize(_committed.Address);
        }
    }

    private SegmentDevice NewDevice() => new(_disk, _segments, _spares, _layout, _origin, _state);

    private void Open(SegmentDevice device)
    {
        var log = new FasterLog(new FasterLogSettings
        {
            LogDevice = device,
            LogCommitManager = CommitManager,
            PageSize = _layout.PageSize,
            MemorySize = (long)_layout.PageSize * _layout.BufferPages,
            SegmentSize = 1L << 40,
            TryRecoverLatest = false,
        });
        try
        {
            FasterPages.AllocateAll(log, _layout.BufferPages);
        }
        catch
        {
            log.Dispose();
            throw;
        }

        (_log, _device, _broken) = (log, device, null);
        Volatile.Write(ref _appended, _committed.Address);
    }

    private void Close()
    {
        _log?.Dispose();
        _device?.Dispose();
        _log = null;
        _device = null;
    }

    private long PageAfter(long address) => (address + _layout.PageSize - 1) / _layout.PageSize * _layout.PageSize;
}
