using AuraLogs.Queue.Log;

namespace AuraLogs.Queue.Progress;

/// <summary>
/// The entries that were given out and are not completed, in order of address, and the sums of what became of the
/// others. The position is the end of the run of completed entries at the front. Completed entries behind one that is not
/// are merged, so that memory follows what is being indexed, and not what lies behind a document that waits for hours.
/// Not thread-safe: its owner locks.
/// </summary>
internal sealed class Outstanding(CommitPoint position, OutcomeSums sums)
{
    private Item[] _ring = new Item[64];
    private int _head;
    private int _count;
    private long _readSequence = position.Sequence;
    private DateTimeOffset _unreadReceivedAt;

    /// <summary>Everything below is completed.</summary>
    public CommitPoint Position { get; private set; } = position;

    /// <summary>What became of the events below <see cref="Position"/>: what persists.</summary>
    public OutcomeSums BelowPosition { get; private set; } = sums;

    /// <summary>What became of all completed events.</summary>
    public OutcomeSums Completed { get; private set; } = sums;

    /// <summary>How many entries were given out and hold the position back.</summary>
    public int Count => _count;

    /// <summary>
    /// When the oldest committed event that is not completed came in; null when there is none. While no entry is given out, that is the first unread
    /// one: exact when <see cref="Committed"/> or <see cref="UnreadFrom"/> told it, else that of the entry before it, which is no later.
    /// </summary>
    public DateTimeOffset? OldestReceivedAt(CommitPoint committed) =>
        _count > 0 ? _ring[_head].ReceivedAt : committed.Sequence > Position.Sequence ? _unreadReceivedAt : null;

    /// <summary>Tells when the first entry behind the position came in, which nobody has read yet.</summary>
    public void UnreadFrom(DateTimeOffset receivedAt) => _unreadReceivedAt = receivedAt;

    /// <summary>Takes note of a commit with entries in it.</summary>
    /// <param name="before">What was committed before it.</param>
    /// <param name="firstReceivedAt">When the first of its entries came in.</param>
    public void Committed(CommitPoint before, DateTimeOffset firstReceivedAt)
    {
        if (_readSequence >= before.Sequence)
            _unreadReceivedAt = firstReceivedAt;
    }

    public void Add(QueueEntry entry)
    {
        Push(new Item(entry.Position.Address, entry.Position.NextAddress, entry.NextSequence, entry.ReceivedAt) { EventCount = entry.EventCount });
        (_readSequence, _unreadReceivedAt) = (entry.NextSequence, entry.ReceivedAt);
    }

    /// <summary>Takes in a part that is missing: completed at once.</summary>
    /// <param name="gap">The part.</param>
    /// <param name="torn">How many of its events were never received.</param>
    public void Add(Gap gap, long torn)
    {
        var sums = new OutcomeSums(0, 0, 0, gap.Events - torn, torn);
        Push(new Item(gap.From, gap.To, gap.NextSequence, default) { Done = true, Sums = sums });
        Completed += sums;
        _readSequence = gap.NextSequence;
        Advance();
    }

    /// <exception cref="ArgumentException">The entry was not given out or is completed already, or the outcome does not add up.</exception>
    public void Complete(EntryPosition position, EntryOutcome outcome)
    {
        var index = Find(position.Address);
        ref var item = ref _ring[(_head + index) & (_ring.Length - 1)];
        if (item.Done || item.NextAddress != position.NextAddress)
            throw new ArgumentException("The entry was not given out, or is completed already.", nameof(position));
        if (!outcome.AddsUpTo(item.EventCount))
            throw new ArgumentException($"The outcome {outcome} does not add up to the {item.EventCount} events of the entry.", nameof(outcome));
        item.Done = true;
        item.Sums = new OutcomeSums(outcome.Indexed, outcome.Duplicates, outcome.DeadLettered, 0);
        Completed += item.Sums;
        Advance();
    }

    /// <summary>Moves events below the position that counted as quarantined, or not at all, to what became of them.</summary>
    /// <returns>How many of them did not count as quarantined: they were forgotten with the state, and are received again.</returns>
    public long Reclaim(OutcomeSums outcome)
    {
        var quarantined = Math.Min(outcome.Total, BelowPosition.Quarantined);
        var forgotten = outcome.Total - quarantined;
        var moved = outcome with { Quarantined = -quarantined, Forgotten = -forgotten };
        BelowPosition += moved;
        Completed += moved;
        return forgotten;
    }

    /// <summary>Everything up to the address has been read: with nothing outstanding, that is the position.</summary>
    public void ReadUntil(long address)
    {
        if (_count == 0 && address > Position.Address)
            Position = Position with { Address = address };
    }

    private void Advance()
    {
        while (_count > 0 && _ring[_head] is { Done: true } item)
        {
            Position = new CommitPoint(item.NextAddress, item.NextSequence);
            BelowPosition += item.Sums;
            _head = (_head + 1) & (_ring.Length - 1);
            _count--;
        }
    }

    private int Find(long address)
    {
        var (low, high) = (0, _count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = _ring[(_head + middle) & (_ring.Length - 1)].Address;
            if (found == address)
                return middle;
            if (found < address)
                low = middle + 1;
            else
                high = middle - 1;
        }

        throw new ArgumentException("The entry was not given out, or is completed already.", nameof(address));
    }

    private void Push(Item item)
    {
        if (_count == _ring.Length)
            MakeRoom();
        _ring[(_head + _count++) & (_ring.Length - 1)] = item;
    }

    /// <summary>Merges neighbours that are completed; grows when that has not made room for as many again.</summary>
    private void MakeRoom()
    {
        var merged = new List<Item>(_count);
        for (var i = 0; i < _count; i++)
        {
            var item = _ring[(_head + i) & (_ring.Length - 1)];
            if (item.Done && merged.Count > 0 && merged[^1] is { Done: true } before)
                merged[^1] = before with { NextAddress = item.NextAddress, NextSequence = item.NextSequence, Sums = before.Sums + item.Sums };
            else
                merged.Add(item);
        }

        var ring = merged.Count > _ring.Length / 2 ? new Item[_ring.Length * 2] : _ring;
        merged.CopyTo(ring);
        (_ring, _head, _count) = (ring, 0, merged.Count);
    }

    private record struct Item(long Address, long NextAddress, long NextSequence, DateTimeOffset ReceivedAt)
    {
        public int EventCount { get; init; }
        public bool Done { get; set; }
        public OutcomeSums Sums { get; set; }
    }
}
