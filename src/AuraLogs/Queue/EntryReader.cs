using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Log;
using AuraLogs.Queue.Progress;

namespace AuraLogs.Queue;

/// <summary>
/// Gives out the committed entries, in order, and before them those of set-aside parts that turned out to be intact. What can't be read is tried
/// again for as long as it takes; a single block that stays unreadable while others can be read is noted, passed over and kept. One caller at a time.
/// </summary>
/// <param name="log">The log's entries.</param>
/// <param name="reclaimed">Those of parts that were set aside.</param>
/// <param name="quarantine">Where those parts are.</param>
/// <param name="damage">Takes what is missing.</param>
/// <param name="account">What is committed, and what was given out.</param>
/// <param name="committer">Says whether the disk takes writes.</param>
/// <param name="persisted">Proves that it does.</param>
/// <param name="writes">Those that can be left for later.</param>
/// <param name="problems">Told when the disk can't be read.</param>
internal sealed class EntryReader(
    LogReader log, Reclaimed reclaimed, Quarantine quarantine, DamageKeeper damage, QueueAccount account, Committer committer, PersistedState persisted,
    RepeatedWrites writes, QueueProblems problems) : IDisposable
{
    /// <summary>Between two attempts to read what can't be read.</summary>
    public static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A minute of failures, one a second, before a block is passed over. A failure counts only while others can be read and the log can be
    /// written: a disk that is away fails everything.
    /// </summary>
    public const int Attempts = 60;

    private int _failedReads;
    private int _failedReadsOfBlock;
    private long _writesSeen;
    private volatile bool _lookAgain;
    private Gap? _unnoted;

    /// <summary>Whether the last attempt to read failed, so that nothing read does not mean that nothing is there.</summary>
    public bool Fails => _failedReads > 0 || _unnoted is not null;

    /// <summary>The next entry; null when nothing that is committed can be read now.</summary>
    public QueueEntry? TryRead()
    {
        if (TryReclaim() is { } intact)
            return intact;
        if (_unnoted is { } unnoted)
        {
            if (!TryNote(unnoted))
                return null;
            _unnoted = null;
            damage.SetAside(unnoted);
        }

        while (true)
        {
            if (!TryReadLog(out var entry, out var gap, out var readUntil))
                return null;
            if (entry is not null)
            {
                account.Give(entry);
                return entry;
            }

            if (gap is null)
            {
                account.ReadUntil(readUntil);
                return null;
            }

            if (gap.Value.IsUnread && !TryNote(gap.Value))
            {
                _unnoted = gap;
                return null;
            }

            damage.SetAside(gap.Value);
        }
    }

    /// <summary>Looks at the next reading whether a part that could not be read can be read now.</summary>
    public void LookAgain() => _lookAgain = true;

    public void Dispose()
    {
        log.Dispose();
        reclaimed.Dispose();
    }

    /// <summary>The next entry of a part that was set aside and is intact.</summary>
    private QueueEntry? TryReclaim()
    {
        if (!_lookAgain && reclaimed.IsIdle)
            return null;
        try
        {
            if (_lookAgain)
            {
                _lookAgain = false;
                reclaimed.Look(quarantine.MayBeIntact(account.Position.Address, copiesToo: false));
            }

            return reclaimed.TryGive();
        }
        catch (Exception e) when (DiskError.IsRefusal(e))
        {
            return null;
        }
    }

    private bool TryReadLog(out QueueEntry? entry, out Gap? gap, out long readUntil)
    {
        var committed = account.Committed;
        readUntil = committed.Address;
        try
        {
            entry = log.TryRead(committed, out gap);
        }
        catch (Exception e) when (DiskError.IsRefusal(e))
        {
            (entry, gap) = (null, null);
            OnFailed(e);
            return false;
        }

        if (_failedReads > 0)
        {
            (_failedReads, _failedReadsOfBlock) = (0, 0);
            problems.ClearReadsFailing();
        }

        return true;
    }

    private bool TryNote(Gap gap) => writes.Try(() => damage.NoteUnread(gap)) is null;

    private void OnFailed(Exception reason)
    {
        if (_failedReads++ == 0)
            problems.RaiseReadsFailing(reason);
        if (OnlyThisBlockFails() && ++_failedReadsOfBlock % Attempts == 0)
            log.SkipUnreadable();
    }

    /// <summary>Whether others can be read and, since the last time, something was written: then it is the block and not the disk.</summary>
    private bool OnlyThisBlockFails()
    {
        var writes = persisted.Writes;
        if (committer.IsFailing || writes == _writesSeen)
            return false;
        _writesSeen = writes;
        try
        {
            return log.CanReadElsewhere();
        }
        catch (Exception e) when (DiskError.IsRefusal(e))
        {
            return false;
        }
    }
}
