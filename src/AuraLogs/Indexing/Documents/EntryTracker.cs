using AuraLogs.Queue;

namespace AuraLogs.Indexing.Documents;

/// <summary>Gathers the verdicts of an entry's events, which may come from several requests, and completes the entry with the last.</summary>
/// <param name="queue">Where to complete it.</param>
/// <param name="entry">The entry.</param>
/// <param name="tag">A copy of its tag that stays.</param>
internal sealed class EntryTracker(LogQueue queue, QueueEntry entry, byte[] tag)
{
    private readonly EntryPosition _position = entry.Position;
    private long _remaining = entry.EventCount;
    private long _indexed;
    private long _duplicates;
    private long _deadLettered;

    /// <summary>The tag, for dead letters.</summary>
    public byte[] Tag { get; } = tag;

    /// <summary>Each event is reported once.</summary>
    public void Report(EntryOutcome outcome)
    {
        Interlocked.Add(ref _indexed, outcome.Indexed);
        Interlocked.Add(ref _duplicates, outcome.Duplicates);
        Interlocked.Add(ref _deadLettered, outcome.DeadLettered);
        var reported = outcome.Indexed + outcome.Duplicates + outcome.DeadLettered;
        if (reported > 0 && Interlocked.Add(ref _remaining, -reported) == 0)
            queue.Complete(_position, new EntryOutcome(_indexed, _duplicates, _deadLettered));
    }
}
