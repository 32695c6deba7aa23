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
/// <remarks>
/// The way of an entry: appended to the log here, committed by <see cref="Committer"/>, given out by <see cref="EntryReader"/>, completed in
/// <see cref="QueueAccount"/>, and its segment given back by <see cref="Housekeeper"/>. <see cref="SizeLimit"/> says when the queue is full.
/// </remarks>
internal sealed class LogQueue : IAsyncDisposable
{
    private readonly IQueueDisk _disk;
    private readonly QueueLayout _layout;
    private readonly TimeProvider _time;
    private readonly SegmentSet _segments;
    private readonly SizeLimit _limit;
    private readonly Quarantine _quarantine;
    private readonly QueueAccount _account;
    private readonly PersistedState _persisted;
    private readonly LogWriter _writer;
    private readonly CommitWaiters _waiters;
    private readonly Committer _committer;
    private readonly Reclaimed _reclaimed;
    private readonly EntryReader _reader;
    private readonly Housekeeper _housekeeper;
    private readonly AsyncSignal _room = new();
    private readonly AsyncSignal _more = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;
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
        (_disk, _layout, _time) = (disk, layout, time);
        var told = new QueueProblems(problems);
        var writes = new RepeatedWrites(logger);

        // 1. Read what is there. Nothing has been changed on the disk until that has worked.
        var found = Opening.Read(disk, layout, time, told, logger);
        (_segments, _quarantine) = (found.Segments, found.Quarantine);
        var (spares, state) = (found.Spares, found.State);
        QueueId = state.QueueId;
        _account = new QueueAccount(state, time);
        var damage = new DamageKeeper(_quarantine, _account, told, metrics, time, logger);

        // 2. Set aside what is nobody's entry, before anything is written behind it.
        writes.Try(_quarantine.Trim);
        var foreignBytes = damage.TakeIn(found.Foreign) + Math.Max(0, _quarantine.Bytes - layout.QuarantineBudget);
        damage.SetTailAside(() => Residue.Behind(state.CommittedAddress, disk, _segments, QueueId));

        // 3. Begin a new run of the log behind it.
        var position = _account.Position;
        _limit = new SizeLimit(layout, _segments, spares, _quarantine, foreignBytes, told);
        _persisted = new PersistedState(disk, _account, state);
        var log = new LogReader(disk, _segments, layout, QueueId, position, rent);
        _writer = new LogWriter(disk, _segments, spares, layout, _limit, QueueId, _account.Committed, _persisted.Snapshot);
        _account.Begin(_writer.Committed);
        _waiters = new CommitWaiters(_writer.Committed.Address);
        _committer = new Committer(_writer, _waiters, _account, _room, _more, told, metrics, time);
        _reclaimed = new Reclaimed(disk, _segments, layout, QueueId, rent ?? MemoryPool<byte>.Shared.Rent);
        _reader = new EntryReader(log, _reclaimed, _quarantine, damage, _account, _committer, _persisted, writes, told);
        _housekeeper = new Housekeeper(
            disk, _segments, spares, _limit, _account, _persisted, _reader, _reclaimed, _quarantine, damage, writes, _room, _more, logger);

        // 4. Look whether parts that were set aside are intact by now.
        writes.Try(_quarantine.RemoveOutdated);
        writes.Try(() =>
        {
            if (found.IsGivenUp)
                _quarantine.GiveUpUnread();
            if (_quarantine.HasDamage)
                _reclaimed.Look(_quarantine.MayBeIntact(position.Address, copiesToo: true));
        });
        damage.RaiseIfThereIsAny();

        // 5. Write a state of this run. Where that fails, on a read-only volume for example, what is in the queue can be indexed all the same.
        Unacknowledged = new UnacknowledgedChunks(_waiters.IsLost);
        writes.Try(() => disk.Delete(UnacknowledgedFile.Name)); // it was read, and is outdated from now on, whatever becomes of the state
        if (writes.Try(() => found.Write(_persisted)) is { } failed)
        {
            _committer.Fail(failed);
            _committer.Wake();
        }

        // Their file is outdated before anything is taken in: by the state, or by its copy in the segment that proves that the disk works again.
        foreach (var chunk in found.Unacknowledged)
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

    /// <inheritdoc cref="SizeLimit.UsedBytes"/>
    public long UsedBytes => _limit.UsedBytes;

    /// <inheritdoc cref="SizeLimit.MaxBytes"/>
    public long MaxBytes => _limit.MaxBytes;

    public int SegmentCount => _segments.Count;

    /// <inheritdoc cref="EntryReader.Fails"/>
    internal bool ReadsFail => _reader.Fails;

    /// <inheritdoc cref="SizeLimit.IsFull"/>
    public bool IsFull => _limit.IsFull;

    /// <summary>
    /// Whether something waits that should not take long: a commit of what was appended, or an append although there is room. Looking takes no lock,
    /// so that it can be looked at when something hangs.
    /// </summary>
    internal bool IsAwaited =>
        !_committer.IsFailing && (_writer.Appended > CommittedAddress || (Volatile.Read(ref _waitingAppends) > 0 && !_limit.IsFull));

    /// <summary>What its pages take in memory, in bytes.</summary>
    public long PageBytes => (long)_writer.Pages * _layout.PageSize;

    /// <summary>Free bytes on the file system of the queue.</summary>
    public long FreeDiskBytes => _disk.AvailableBytes;

    /// <inheritdoc cref="QueueAccount.PendingBytes"/>
    public long PendingBytes => _account.PendingBytes;

    /// <inheritdoc cref="QueueAccount.OldestAge"/>
    public TimeSpan OldestAge => _account.OldestAge;

    /// <summary>
    /// How often the disk has failed. Who appends a chunk in parts compares it before the first and after the last: when it
    /// differs, a part may be lost although the commit of the last succeeds.
    /// </summary>
    public int Failures => _committer.Failures;

    /// <summary>Everything below this address is on disk.</summary>
    public long CommittedAddress => _waiters.Committed;

    /// <summary>What became of all events so far.</summary>
    public Ledger Ledger => _account.Ledger;

    /// <summary>Starts what the queue does by itself. The simulator does not, and takes each step by hand.</summary>
    internal void Start(Loops loops)
    {
        LearnAge();
        _work = Task.WhenAll(
            loops.RunOnThreadAsync("queue committer", _committer.Run, _stopping.Token),
            loops.RunAsync("queue housekeeping", _housekeeper.RunAsync, _stopping.Token));
    }

    /// <inheritdoc cref="Committer.CommitOnce"/>
    internal bool CommitOnce() => _committer.CommitOnce();

    /// <inheritdoc cref="Committer.TryReopen"/>
    internal bool TryReopen() => _committer.TryReopen();

    /// <inheritdoc cref="Housekeeper.DoRound"/>
    internal void KeepHouse() => _housekeeper.DoRound();

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
    public bool TryKeepLarge(string hash, IEnumerable<ReadOnlyMemory<byte>> content)
    {
        try
        {
            return _quarantine.TryKeepLarge(hash, content, _time.GetUtcNow());
        }
        catch (Exception e) when (DiskError.IsRefusal(e))
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
            var more = _more.Next;
            if (TryRead() is { } entry)
                return entry;
            if (!ReadsFail)
                await more.WaitAsync(cancellationToken);
            else
                await Task.Delay(EntryReader.Retry, _time, cancellationToken);
        }
    }

    /// <summary>As <see cref="ReadAsync"/>, but null at once when nothing committed is unread.</summary>
    public QueueEntry? TryRead() => _reader.TryRead();

    /// <summary>
    /// Reports what became of an entry that was read, in any order. The queue's position moves to the lowest entry that is
    /// not completed, persists with the ledger soon after, and whole segments below it are given back to the disk.
    /// </summary>
    /// <exception cref="ArgumentException">The entry was not given out or is completed already, or the outcome does not add up.</exception>
    public void Complete(EntryPosition position, EntryOutcome outcome)
    {
        if (!_reclaimed.TryComplete(position, outcome))
            _housekeeper.OnCompleted(_account.Complete(position, outcome));
    }

    /// <summary>
    /// Looks when the first entry of a backlog came in, so that its age is known before anybody reads it; with a reader of its own, so that what gives
    /// the entries out begins as if nobody had looked. When the disk does not tell, the age is that since the start until the entry is read.
    /// </summary>
    internal void LearnAge()
    {
        try
        {
            using var reader = new LogReader(_disk, _segments, _layout, QueueId, _account.Position);
            if (reader.NextReceivedAt(_account.Committed) is { } receivedAt)
                _account.UnreadFrom(receivedAt);
        }
        catch (Exception e) when (DiskError.IsRefusal(e))
        {
            // Whoever reads next tells of it.
        }
    }

    /// <summary>Ends what the queue does by itself, after a last commit and a last round of housekeeping, and closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        try
        {
            await _work;
        }
        finally
        {
            _committer.CommitOnce();
            _housekeeper.DoLastRound(CommittedUnacknowledged);
            _reader.Dispose();
            _writer.Dispose();
            _committer.Dispose();
            _persisted.Dispose();
            _disk.Dispose();
        }
    }

    private StoredChunk[] CommittedUnacknowledged() =>
        [.. Unacknowledged.ToArray().Where(chunk => chunk.Address <= _waiters.Committed && !_waiters.IsLost(chunk.Address))];

    private bool TryAppend(in NewEntry entry, uint crc, out long end)
    {
        var result = _writer.TryAppend(entry, crc, _time.GetUtcNow().UtcTicks, out end);
        if (result is AppendResult.Appended or AppendResult.BufferFull or AppendResult.Broken)
            _committer.Wake();
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
