using System.Buffers;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Queue.Progress;
using AuraLogs.Queue.Resends;
using AuraLogs.Telemetry;

namespace AuraLogs.Queue;

/// <summary>
/// The synced disk queue. Entries are appended by any number of callers, committed in groups, read in order by one
/// reader, completed in any order, and given back to the disk once all before them are completed.
/// </summary>
internal sealed partial class LogQueue : IAsyncDisposable
{
    private readonly IQueueDisk _disk;
    private readonly QueueLayout _layout;
    private readonly TimeProvider _time;
    private readonly Problems _problems;
    private readonly QueueMetrics _metrics;
    private readonly ILogger _logger;
    private readonly SegmentSet _segments;
    private readonly SpareSegments _spares;
    private readonly LogWriter _writer;
    private readonly LogReader _reader;
    private readonly CommitWaiters _waiters;
    private readonly AsyncSignal _room = new();
    private readonly AsyncSignal _committedMore = new();
    private readonly Lock _lock = new();
    private readonly Outstanding _outstanding;
    private readonly Quarantine _quarantine;
    private readonly DamageReport _damage;
    private readonly long _foreignBytes;
    private readonly Reclaimed _reclaimed;
    private long _neverReceived;
    private readonly TornWrites _torn;
    private CommitPoint _committed;
    private QueueState _persisted;
    private bool _failing;
    private int _failures;
    private int _waitingAppends;

    /// <summary>
    /// Opens the queue in a directory, and recovers what is there. While the disk can't be read it waits; when it can be read and not
    /// be written, what is there is given out, and nothing is taken in until it can.
    /// </summary>
    /// <param name="disk">Where it is.</param>
    /// <param name="layout">Its sizes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="problems">What is wrong with it is told there.</param>
    /// <param name="metrics">What is counted.</param>
    /// <param name="logger">The log lines.</param>
    /// <param name="rent">Gives memory for the entries that are read, of at least so many bytes; null: the runtime's shared pool.</param>
    /// <exception cref="IOException">The directory can't be used; the message says why.</exception>
    internal LogQueue(
        IQueueDisk disk,
        QueueLayout layout,
        TimeProvider time,
        Problems problems,
        QueueMetrics metrics,
        ILogger<LogQueue> logger,
        Func<int, IMemoryOwner<byte>>? rent = null)
    {
        (_disk, _time, _problems, _metrics, _logger) = (disk, time, problems, metrics, logger);
        _damage = new DamageReport(time);
        var foreign = (IReadOnlyList<DiskFile>)[];
        var unacknowledged = (IReadOnlyList<StoredChunk>)[];
        var (formatIsIntact, givenUp, state) = (false, false, new QueueState());
        (_segments, _quarantine, _spares) = WhenItCanBeRead(() =>
        {
            givenUp = GiveUp.IsAsked(disk);
            var readable = givenUp ? new UnreadableAsZeros(disk) : disk;
            var recovery = new Recovery(readable, layout);
            (var segments, state, formatIsIntact) = recovery.Recover();
            foreign = recovery.ForeignFiles;
            unacknowledged = UnacknowledgedFile.Read(readable, state);
            return (segments, new Quarantine(disk, segments, layout.QuarantineBudget, state.Position), new SpareSegments(disk));
        });
        TryWrite(_quarantine.Trim);
        _foreignBytes = TakeIn(foreign) + Math.Max(0, _quarantine.Bytes - layout.QuarantineBudget);
        SetTailAside(state);
        _layout = layout = layout with { SegmentBudget = layout.SegmentBudget - _foreignBytes, ResumeBytes = layout.ResumeBytes - _foreignBytes };
        QueueId = state.QueueId;
        _persisted = state with { Number = state.Number + 1 };
        var position = new CommitPoint(state.Position, state.PositionSequence);
        _committed = new CommitPoint(state.CommittedAddress, state.CommittedSequence);
        _outstanding = new Outstanding(
            position, new OutcomeSums(state.Indexed, state.Duplicates, state.DeadLettered, state.Quarantined, state.Forgotten));
        _torn = new TornWrites(state.Torn);
        _neverReceived = state.Forgotten + state.Torn.Sum(write => write.Events);
        _reader = new LogReader(disk, _segments, layout, QueueId, position, rent);
        _writer = new LogWriter(disk, _segments, _spares, layout, QueueId, _committed, SnapshotState);
        _committed = _writer.Committed;
        if (_committed.Sequence > position.Sequence)
            _outstanding.UnreadFrom(time.GetUtcNow());
        _waiters = new CommitWaiters(_committed.Address);
        _reclaimed = new Reclaimed(disk, _segments, layout, QueueId, rent ?? MemoryPool<byte>.Shared.Rent);
        TryWrite(_quarantine.RemoveOutdated);
        TryWrite(() =>
        {
            if (givenUp)
                _quarantine.GiveUpUnread();
            if (_quarantine.HasDamage)
                _reclaimed.Look(_quarantine.MayBeIntact(position.Address, copiesToo: true));
        });
        Unacknowledged = new UnacknowledgedChunks(_waiters.IsLost);
        if (_quarantine.HasDamage)
            RaiseDamaged();
        TryWrite(() => disk.Delete(UnacknowledgedFile.Name)); // it was read, and is outdated from now on, whatever becomes of the state
        var failed = TryWrite(() =>
        {
            _spares.Clear();
            if (givenUp)
                StateFile.RemoveUnreadable(disk);
            if (!formatIsIntact)
                FormatFile.Write(disk, QueueId);
            Persist(always: true);
            if (givenUp)
                GiveUp.Done(disk);
        });
        if (failed is not null)
        {
            // A read-only volume, for example. What is in the queue can be indexed all the same.
            Fail(failed);
            WakeCommitter();
        }

        // Their file is outdated before anything is taken in: by the state, or by its copy in the segment that proves that the disk works again.
        foreach (var chunk in unacknowledged)
            Unacknowledged.Add(chunk);
        metrics.Observe(this);
    }

    /// <summary>A number that is this queue's alone and survives restarts; document ids of events without a chunk id use it.</summary>
    public ulong QueueId { get; }

    /// <summary>The chunks that are in the queue and that will be sent again all the same.</summary>
    public UnacknowledgedChunks Unacknowledged { get; }

    /// <summary>The bytes of <see cref="NewEntry.Events"/> at which frames are split, so that pages are filled well.</summary>
    public int PartBytes => _layout.PartBytes;

    /// <summary>The most bytes of <see cref="NewEntry.Events"/> that one entry can hold: a single event may be larger than a part.</summary>
    public int MaxEventBytes => _layout.MaxEventBytes;

    /// <summary>What everything in the directory takes, in bytes; never more than <see cref="MaxBytes"/>.</summary>
    public long UsedBytes => _segments.Bytes + _spares.Bytes + _quarantine.Bytes + _foreignBytes + QueueLayout.FixedBytes;

    /// <summary>What everything in the directory may take, in bytes.</summary>
    public long MaxBytes => _layout.MaxBytes + _foreignBytes;

    public int SegmentCount => _segments.Count;

    /// <summary>Whether the last attempt to read failed, so that nothing read does not mean that nothing is there.</summary>
    internal bool ReadsFail => _failedReads > 0 || _unkept is not null;

    /// <summary>Whether senders wait because there is no room.</summary>
    public bool IsFull => _writer.IsFull;

    /// <summary>
    /// Whether something waits that should not take long: a commit of what was appended, or an append although there is room. Looking takes no lock,
    /// so that it can be looked at when something hangs.
    /// </summary>
    internal bool IsAwaited => !_failing && (_writer.Appended > CommittedAddress || (Volatile.Read(ref _waitingAppends) > 0 && !Volatile.Read(ref _saidFull)));

    /// <summary>What its pages take in memory, in bytes.</summary>
    public long PageBytes => (long)_writer.Pages * _layout.PageSize;

    /// <summary>Free bytes on the file system of the queue.</summary>
    public long FreeDiskBytes => _disk.AvailableBytes;

    /// <summary>Bytes of the log that are committed and not completed.</summary>
    public long PendingBytes
    {
        get
        {
            lock (_lock)
                return _committed.Address - _outstanding.Position.Address;
        }
    }

    /// <summary>How long ago the oldest committed event that is not completed came in, read or not; zero when there is none.</summary>
    public TimeSpan OldestAge
    {
        get
        {
            lock (_lock)
                return _outstanding.OldestReceivedAt(_committed) is { } received ? _time.GetUtcNow() - received : TimeSpan.Zero;
        }
    }

    /// <summary>
    /// How often the disk has failed. Who appends a chunk in parts compares it before the first and after the last: when it
    /// differs, a part may be lost although the commit of the last succeeds.
    /// </summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>Everything below this address is on disk.</summary>
    public long CommittedAddress => _waiters.Committed;

    public Ledger Ledger
    {
        get
        {
            lock (_lock)
            {
                var done = _outstanding.Completed;
                var received = _committed.Sequence - _neverReceived;
                return new Ledger(
                    received, done.Indexed, done.Duplicates, done.DeadLettered, done.Quarantined, received - done.Total);
            }
        }
    }

    /// <summary>
    /// Copies the entry into the log. Completes at once unless the queue is full or its disk is failing; then it waits
    /// until there is room again. Nothing is promised to the sender before <see cref="WaitForCommitAsync"/> has returned.
    /// </summary>
    /// <returns>The address that a commit has to reach to cover the entry.</returns>
    /// <exception cref="ArgumentException">The entry is larger than an entry can be, or has no events.</exception>
    public ValueTask<long> AppendAsync(NewEntry entry, CancellationToken cancellationToken)
    {
        Check(entry);
        var crc = BodyCrc(entry);
        return TryAppend(entry, crc, out var end)
            ? new ValueTask<long>(end)
            : AppendWhenThereIsRoomAsync(entry, crc, cancellationToken);
    }

    /// <summary>As <see cref="AppendAsync"/>, but false at once where that would wait.</summary>
    internal bool TryAppend(in NewEntry entry, out long end)
    {
        Check(entry);
        return TryAppend(entry, BodyCrc(entry), out end);
    }

    /// <summary>Waits until a synced commit covers the address.</summary>
    /// <exception cref="QueueFailedException">The disk failed, and the entry may be lost: it must not be acknowledged.</exception>
    public ValueTask WaitForCommitAsync(long address, CancellationToken cancellationToken) =>
        _waiters.WaitAsync(address, cancellationToken);

    /// <summary>Keeps an event that is too large for an entry in the quarantine, as far as there is room; the queue takes it cut.</summary>
    /// <param name="hash">Names it.</param>
    /// <param name="content">All of it.</param>
    /// <returns>Whether it is on disk now.</returns>
    public bool TryKeepLarge(string hash, ReadOnlySpan<byte> content)
    {
        try
        {
            return _quarantine.TryKeepLarge(hash, content, _time.GetUtcNow());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Waits while the queue is full or its disk is failing. A connection calls it before it reads more from its socket,
    /// so that senders are slowed by TCP.
    /// </summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) =>
        _writer.TakesEntries ? ValueTask.CompletedTask : new ValueTask(WaitUntilRoomAsync(cancellationToken));

    /// <summary>The next committed entry, in order; waits until there is one. One caller at a time.</summary>
    public async ValueTask<QueueEntry> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var more = _committedMore.Next;
            if (TryRead() is { } entry)
                return entry;
            if (!ReadsFail)
                await more.WaitAsync(cancellationToken);
            else
                await Task.Delay(ReadRetry, _time, cancellationToken);
        }
    }

    /// <summary>As <see cref="ReadAsync"/>, but null at once when nothing committed is unread.</summary>
    public QueueEntry? TryRead()
    {
        if (TryReclaim() is { } reclaimed)
            return reclaimed;
        if (_unkept is { } unkept && !TryKeepUnread(unkept))
            return null;
        while (true)
        {
            if (!TryRead(out var entry, out var gap, out var readUntil))
                return null;
            if (entry is not null)
            {
                lock (_lock)
                    _outstanding.Add(entry);
                return entry;
            }

            if (gap is null)
            {
                lock (_lock)
                    _outstanding.ReadUntil(readUntil);
                return null;
            }

            if (gap.Value.IsUnread && !TryKeepUnread(gap.Value))
                return null;
            SetAside(gap.Value);
        }
    }

    /// <summary>
    /// Reports what became of an entry that was read, in any order. The queue's position moves to the lowest entry that is
    /// not completed, persists with the ledger soon after, and whole segments below it are given back to the disk.
    /// </summary>
    /// <exception cref="ArgumentException">The entry was not given out or is completed already, or the outcome does not add up.</exception>
    public void Complete(EntryPosition position, EntryOutcome outcome)
    {
        CommitPoint done;
        lock (_lock)
        {
            if (_reclaimed.TryComplete(position, outcome))
                return;
            _outstanding.Complete(position, outcome);
            done = _outstanding.Position;
        }

        if (_segments.FirstBelow(done.Address) is not null)
            Release(_houseWanted);
    }

    private bool TryRead(out QueueEntry? entry, out Gap? gap, out long readUntil)
    {
        CommitPoint committed;
        lock (_lock)
            committed = _committed;
        readUntil = committed.Address;
        try
        {
            entry = _reader.TryRead(committed, out gap);
            ReadWorked();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            (entry, gap) = (null, null);
            ReadFailed(e);
            return false;
        }
    }

    private bool TryAppend(in NewEntry entry, uint crc, out long end)
    {
        var result = _writer.TryAppend(entry, crc, _time.GetUtcNow().UtcTicks, out end);
        if (result is AppendResult.Appended or AppendResult.BufferFull or AppendResult.Broken)
            WakeCommitter();
        else if (result is AppendResult.QueueFull)
            RaiseFull();
        return result is AppendResult.Appended;
    }

    private async ValueTask<long> AppendWhenThereIsRoomAsync(NewEntry entry, uint crc, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waitingAppends);
        try
        {
            while (true)
            {
                var room = _room.Next;
                if (TryAppend(entry, crc, out var end))
                    return end;
                await room.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waitingAppends);
        }
    }

    private async Task WaitUntilRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var room = _room.Next;
            if (_writer.TakesEntries)
                return;
            await room.WaitAsync(cancellationToken);
        }
    }

    private static uint BodyCrc(in NewEntry entry) => Crc32C.Compute(entry.Tag.Span, entry.ChunkId.Span, entry.Events.Span);

    private void Check(in NewEntry entry)
    {
        if (entry.EventCount <= 0)
            throw new ArgumentException("An entry holds at least one event.", nameof(entry));
        if (entry.Events.Length > MaxEventBytes || entry.Tag.Length > ushort.MaxValue || entry.ChunkId.Length > ushort.MaxValue)
            throw new ArgumentException("The entry is larger than an entry can be.", nameof(entry));
    }
}
