namespace AuraLogs.Queue;

/// <summary>
/// The synced disk queue. Entries are appended by any number of callers, committed in groups, read in order by one
/// reader, completed in any order, and given back to the disk once all before them are completed.
/// </summary>
internal sealed class LogQueue : IAsyncDisposable
{
    /// <summary>The most bytes of <see cref="NewEntry.Events"/> that one entry can hold; larger frames are split.</summary>
    public int MaxEventBytes => throw new NotImplementedException();

    /// <summary>
    /// Copies the entry into the log. Completes at once unless the queue is full or its disk is failing; then it waits
    /// until there is room again. Nothing is promised to the sender before <see cref="WaitForCommitAsync"/> has returned.
    /// </summary>
    /// <returns>The address that a commit has to reach to cover the entry.</returns>
    public ValueTask<long> AppendAsync(NewEntry entry, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Waits until a synced commit covers the address.</summary>
    /// <exception cref="QueueFailedException">The disk failed, and the entry may be lost: it must not be acknowledged.</exception>
    public ValueTask WaitForCommitAsync(long address, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Everything below this address is on disk.</summary>
    public long CommittedAddress => throw new NotImplementedException();

    /// <summary>
    /// Waits while the queue is full or its disk is failing. A connection calls it before it reads more from its socket,
    /// so that senders are slowed by TCP.
    /// </summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The next committed entry, in order; waits until there is one. One caller at a time.</summary>
    public ValueTask<QueueEntry> ReadAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>As <see cref="ReadAsync"/>, but null at once when nothing committed is unread.</summary>
    public QueueEntry? TryRead() => throw new NotImplementedException();

    /// <summary>
    /// Reports what became of an entry that was read, in any order. The queue's position moves to the lowest entry that is
    /// not completed, persists with the ledger soon after, and whole segments below it are given back to the disk.
    /// </summary>
    public void Complete(EntryPosition position, EntryOutcome outcome) => throw new NotImplementedException();

    public Ledger Ledger => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
