using System.Diagnostics;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;

namespace AuraLogs.Queue.Progress;

/// <summary>
/// Where the queue stands, under one lock: what is committed, which entries are given out, and what became of all others. The ledger, the
/// state that persists and the sizes that are shown are all taken from here. Safe for all threads.
/// </summary>
/// <remarks>
/// Invariants: the position is never beyond what is committed; the sequence at the position is the sum of the accounts below it (as
/// <see cref="QueueState"/> has it); and the ledger balances with nothing negative in it.
/// </remarks>
internal sealed class QueueAccount
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Outstanding _outstanding;
    private readonly TornWrites _torn;
    private CommitPoint _committed;
    private long _neverReceived;

    /// <param name="state">Where the last run stopped.</param>
    /// <param name="time">The clock.</param>
    public QueueAccount(QueueState state, TimeProvider time)
    {
        _time = time;
        _committed = new CommitPoint(state.CommittedAddress, state.CommittedSequence);
        _outstanding = new Outstanding(
            new CommitPoint(state.Position, state.PositionSequence),
            new OutcomeSums(state.Indexed, state.Duplicates, state.DeadLettered, state.Quarantined, state.Forgotten));
        _torn = new TornWrites(state.Torn);
        _neverReceived = state.Forgotten + state.Torn.Sum(write => write.Events);
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

    /// <summary>Everything below is completed.</summary>
    public CommitPoint Position
    {
        get
        {
            lock (_lock)
                return _outstanding.Position;
        }
    }

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

    public Ledger Ledger
    {
        get
        {
            lock (_lock)
            {
                var done = _outstanding.Completed;
                var received = _committed.Sequence - _neverReceived;
                var ledger = new Ledger(received, done.Indexed, done.Duplicates, done.DeadLettered, done.Quarantined, received - done.Total);
                Debug.Assert(ledger is { Indexed: >= 0, Duplicates: >= 0, DeadLettered: >= 0, Quarantined: >= 0, Queued: >= 0 }, $"The ledger does not balance: {ledger}");
                return ledger;
            }
        }
    }

    /// <summary>Begins a run: its log starts behind everything that was there.</summary>
    public void Begin(CommitPoint committed)
    {
        lock (_lock)
        {
            _committed = committed;
            if (committed.Sequence > _outstanding.Position.Sequence)
                _outstanding.UnreadFrom(_time.GetUtcNow());
        }
    }

    /// <summary>Tells when the first entry behind the position came in, which nobody has read yet.</summary>
    public void UnreadFrom(DateTimeOffset receivedAt)
    {
        lock (_lock)
            _outstanding.UnreadFrom(receivedAt);
    }

    /// <summary>Takes note of a commit.</summary>
    /// <param name="point">What is on disk now.</param>
    /// <param name="firstReceivedAtTicks">When the first entry that it brought came in (UTC ticks).</param>
    public void Commit(CommitPoint point, long firstReceivedAtTicks)
    {
        lock (_lock)
        {
            Debug.Assert(point.Address >= _committed.Address && point.Sequence >= _committed.Sequence, $"A commit went back from {_committed} to {point}.");
            if (point.Sequence > _committed.Sequence)
                _outstanding.Committed(_committed, new DateTimeOffset(firstReceivedAtTicks, TimeSpan.Zero));
            _committed = point;
        }
    }

    /// <summary>An entry is given out.</summary>
    public void Give(QueueEntry entry)
    {
        lock (_lock)
            _outstanding.Add(entry);
    }

    /// <summary>Everything up to the address has been read: with nothing given out, that is the position.</summary>
    public void ReadUntil(long address)
    {
        lock (_lock)
            _outstanding.ReadUntil(address);
    }

    /// <summary>Passes a part that is missing.</summary>
    /// <returns>How many of its events were torn, that is never received.</returns>
    public long Pass(Gap gap)
    {
        lock (_lock)
        {
            var torn = _torn.Pass(gap);
            _outstanding.Add(gap, torn);
            return torn;
        }
    }

    /// <summary>How many of a gap's events were torn, as <see cref="Pass"/> is going to say.</summary>
    public long TornIn(Gap gap)
    {
        lock (_lock)
            return _torn.In(gap);
    }

    /// <summary>Takes note of what became of an entry.</summary>
    /// <returns>The position after it.</returns>
    /// <exception cref="ArgumentException">The entry was not given out or is completed already, or the outcome does not add up.</exception>
    public CommitPoint Complete(EntryPosition position, EntryOutcome outcome)
    {
        lock (_lock)
        {
            _outstanding.Complete(position, outcome);
            Debug.Assert(_outstanding.Position.Address <= _committed.Address, "The position is beyond what is committed.");
            return _outstanding.Position;
        }
    }

    /// <summary>Events that counted as quarantined, or not at all, were intact: moves them to what became of them.</summary>
    public void Reclaim(OutcomeSums outcome)
    {
        lock (_lock)
            _neverReceived -= _outstanding.Reclaim(outcome);
    }

    /// <summary>A state as of now, otherwise like another one.</summary>
    public QueueState Snapshot(QueueState like)
    {
        lock (_lock)
        {
            var sums = _outstanding.BelowPosition;
            Debug.Assert(_outstanding.Position.Sequence == sums.Total + sums.Forgotten, "The accounts below the position are not the events below it.");
            return like with
            {
                Position = _outstanding.Position.Address,
                PositionSequence = _outstanding.Position.Sequence,
                CommittedAddress = _committed.Address,
                CommittedSequence = _committed.Sequence,
                Indexed = sums.Indexed,
                Duplicates = sums.Duplicates,
                DeadLettered = sums.DeadLettered,
                Quarantined = sums.Quarantined,
                Forgotten = sums.Forgotten,
                Torn = _torn.AheadOf(_outstanding.Position.Address),
            };
        }
    }
}
