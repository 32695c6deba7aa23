using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Log;
using AuraLogs.Queue.Progress;
using AuraLogs.Queue.Resends;

namespace AuraLogs.Queue;

/// <summary>
/// What is done once a second and when segments are completed: persist the position and the ledger, give completed segments back, settle parts that
/// turned out to be intact, tell of damage, and end the queue's being full. What the disk refuses is left for the next round.
/// </summary>
internal sealed partial class Housekeeper(
    IQueueDisk disk, SegmentSet segments, SpareSegments spares, SizeLimit limit, QueueAccount account, PersistedState persisted, EntryReader reader,
    Reclaimed reclaimed, Quarantine quarantine, DamageKeeper damage, RepeatedWrites writes, AsyncSignal room, AsyncSignal more, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly AsyncSignal _wanted = new();
    private int _rounds;

    /// <summary>An entry was completed: begins a round when a segment can be given back.</summary>
    public void OnCompleted(CommitPoint position)
    {
        if (segments.FirstBelow(position.Address) is not null)
            _wanted.Set();
    }

    /// <summary>Does a round when it is due, until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var wanted = _wanted.Next;
        while (true)
        {
            await wanted.WaitAsync(Interval, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // no matter which of the two came
            stopping.ThrowIfCancellationRequested();
            wanted = _wanted.Next;
            DoRound();
        }
    }

    /// <summary>One round.</summary>
    public void DoRound()
    {
        writes.Try(() =>
        {
            persisted.Write(always: reader.Fails);
            Settle();
            GiveBack();
        });
        writes.Try(damage.Look);
        damage.Tell();
        if (limit.TryResume())
            room.Set();
    }

    /// <summary>The last round of a run.</summary>
    /// <param name="unacknowledged">What their senders will send again; all of it is committed.</param>
    public void DoLastRound(Func<StoredChunk[]> unacknowledged)
    {
        DoRound();
        writes.Try(() => Keep(unacknowledged()));
        damage.Tell(atOnce: true);
    }

    /// <summary>
    /// Keeps for the next run what its senders will send again. It counts with the newest state only, so a state is written first, changed or
    /// not, because that of the start may have failed; and nothing may be persisted after it.
    /// </summary>
    private void Keep(StoredChunk[] unacknowledged)
    {
        if (unacknowledged.Length == 0)
            return;
        persisted.Write(always: true);
        UnacknowledgedFile.Write(disk, persisted.Newest, unacknowledged);
    }

    private void GiveBack()
    {
        if (segments.FirstBelow(persisted.Newest.Position) is null)
            return;

        // Both slots say so before a segment goes: losing one of them must not bring back a position without its segment.
        persisted.Write(always: true);
        while (segments.FirstBelow(persisted.Newest.Position) is { } done)
        {
            if (!limit.HasRoomForSpares || !spares.TryKeep(done))
                disk.Delete(done.Name);
            segments.Remove(done);
        }
    }

    /// <summary>
    /// Ends parts whose intact entries were indexed after all. The file goes before the ledger moves: a crash between leaves events
    /// counted as quarantined that are indexed, never the other way round.
    /// </summary>
    private void Settle()
    {
        if (++_rounds % EntryReader.Attempts == 0 && (segments.HasUnread || reclaimed.IsInterrupted))
        {
            reader.LookAgain();
            more.Set();
        }

        while (reclaimed.NextSettled is { } work)
        {
            quarantine.Settle(work.Part, work.IsWhole);
            reclaimed.RemoveSettled();
            account.Reclaim(work.Sums);
            LogReclaimed(work.Sums.Total, work.Part.From, work.Part.To);
            damage.ClearIfThereIsNone();
            persisted.Write();
        }
    }

    [LoggerMessage(LogLevel.Information, "{Events} events that had been set aside, between address {From} and {To}, were intact and are indexed after all.")]
    private partial void LogReclaimed(long events, long from, long to);
}
