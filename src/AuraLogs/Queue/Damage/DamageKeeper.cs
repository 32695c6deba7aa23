using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Log;
using AuraLogs.Queue.Progress;

namespace AuraLogs.Queue.Damage;

/// <summary>Sets aside what could not be read, enters it in the account, and tells of it: the log, the metrics, and the problem while there is any.</summary>
internal sealed partial class DamageKeeper(
    Quarantine quarantine, QueueAccount account, QueueProblems problems, QueueMetrics metrics, TimeProvider time, ILogger logger)
{
    private readonly DamageReport _report = new(time);

    /// <summary>Moves files that are not the queue's to the quarantine.</summary>
    /// <returns>The bytes of those that stay.</returns>
    public long TakeIn(IReadOnlyList<DiskFile> foreign)
    {
        var stayed = new List<DiskFile>();
        var (failed, reason) = (0, "");
        foreach (var file in foreign)
        {
            try
            {
                if (!quarantine.TryTakeIn(file))
                    stayed.Add(file);
            }
            catch (Exception e) when (DiskError.IsRefusal(e))
            {
                stayed.Add(file);
                (failed, reason) = (failed + 1, e.Message);
            }
        }

        if (foreign.Count > 0)
            LogForeign(foreign.Count, foreign[0].Name, foreign.Count - stayed.Count, stayed.Count);
        if (failed > 0)
            LogNotKept(failed, reason);
        return stayed.Sum(file => file.Bytes);
    }

    /// <summary>
    /// Copies what is behind the last entry, if it is not zeros. After a crash that is normal and no problem: nothing there was
    /// acknowledged, as far as the state knows. What the state knows to be missing is found by the reader, as damage.
    /// </summary>
    /// <param name="find">Looks for it.</param>
    public void SetTailAside(Func<Residue?> find)
    {
        try
        {
            if (find() is { } tail)
                KeepTail(tail);
        }
        catch (Exception e) when (DiskError.IsRefusal(e))
        {
            LogNotKept(1, e.Message);
        }
    }

    /// <summary>Notes a part that the disk could not read, before it is passed: without the note its segments would be given back.</summary>
    /// <exception cref="IOException">It can't be noted.</exception>
    public void NoteUnread(Gap gap) => quarantine.KeepUnread(gap with { Events = gap.Events - account.TornIn(gap) });

    /// <summary>Passes a part that is missing. One of which all is torn was never acknowledged, and is no damage.</summary>
    public void SetAside(Gap gap)
    {
        var torn = account.Pass(gap);
        if (torn > 0 && torn == gap.Events)
            KeepTail(new Residue(gap.From, gap.To));
        else
            Keep(gap with { Events = gap.Events - torn });
    }

    /// <summary>Raises the problem when a run before has set something aside that is still there.</summary>
    public void RaiseIfThereIsAny()
    {
        if (quarantine.HasDamage)
            Raise();
    }

    /// <summary>Ends the problem when there is nothing any more.</summary>
    public void ClearIfThereIsNone()
    {
        if (!quarantine.HasDamage)
            problems.ClearDamaged();
    }

    /// <summary>Looks again at what is there: a person may have removed it.</summary>
    /// <exception cref="IOException">It can't be listed.</exception>
    public void Look()
    {
        quarantine.RemoveOutdated();
        if (!quarantine.HasDamage)
            return;
        quarantine.Refresh();
        ClearIfThereIsNone();
    }

    /// <summary>Writes what has not been told yet to the log, at most once an interval.</summary>
    /// <param name="atOnce">Without waiting for the interval.</param>
    public void Tell(bool atOnce = false)
    {
        if (_report.Take(atOnce) is not { } damage)
            return;
        LogDamaged(damage.Parts, damage.From, damage.To, damage.Events);
        if (damage.NotKeptReason is { } reason)
            LogNotKept(damage.NotKept, reason);
    }

    private void Keep(Gap gap)
    {
        string? notKept = null;
        try
        {
            if (!gap.IsUnread)
                quarantine.Keep(gap);
        }
        catch (Exception e) when (DiskError.IsRefusal(e))
        {
            notKept = e.Message;
        }

        metrics.DamagedParts.Add(1);
        _report.Add(gap, notKept);
        Raise();
    }

    private void KeepTail(Residue tail)
    {
        metrics.TornTails.Add(1);
        LogTail(tail.From, tail.To);
        try
        {
            quarantine.Keep(tail);
        }
        catch (Exception e) when (DiskError.IsRefusal(e))
        {
            LogNotKept(1, e.Message);
        }
    }

    private void Raise() => problems.RaiseDamaged(account.Ledger.Quarantined);

    [LoggerMessage(LogLevel.Error, "Damaged parts of the queue: {Parts} between address {From} and {To}, set aside in quarantine/; {Events} events lost.")]
    private partial void LogDamaged(int parts, long from, long to, long events);

    [LoggerMessage(LogLevel.Warning, "Behind the last entry of a run, from address {From} to {To}, is what can't be read: a write that a crash tore and that was never acknowledged, or damage. It was copied to quarantine/.")]
    private partial void LogTail(long from, long to);

    [LoggerMessage(LogLevel.Warning, "Files that are not the queue's were in its directory: {Count}, {Example} for one. {Moved} were moved to quarantine/, {Stayed} stay and count as the queue's.")]
    private partial void LogForeign(int count, string example, int moved, int stayed);

    [LoggerMessage(LogLevel.Warning, "{Parts} of the parts that can't be read could not be kept in quarantine/: {Reason}.")]
    private partial void LogNotKept(int parts, string reason);
}
