using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Queue.Resends;
using AuraLogs.Telemetry;

namespace AuraLogs.Queue;

/// <summary>What the queue does by itself: commit, recover from a failed disk, persist its position, give segments back.</summary>
internal sealed partial class LogQueue
{
    private const string FullProblem = "queue-full";
    private const string FailingProblem = "queue-disk-failing";
    private const string ReadsFailingProblem = "queue-reads-failing";
    private const string DamagedProblem = "queue-damaged";

    private static readonly TimeSpan HousekeepingInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReadRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    // A minute of failures, one a second, before a block is passed over. A failure counts only while others can be read and the log can be
    // written: a disk that is away fails everything.
    private const int ReadAttempts = 60;

    private readonly SemaphoreSlim _commitWanted = new(0, 1);
    private readonly SemaphoreSlim _houseWanted = new(0, 1);
    private readonly Lock _fullLock = new();
    private readonly CancellationTokenSource _stopping = new();
    private int _commitAsked;
    private bool _saidFull;
    private int _failedReads;
    private int _failedReadsOfBlock;
    private long _provenWrites;
    private long _provenWritesSeen;
    private int _rounds;
    private volatile bool _lookAgain;
    private Gap? _unkept;
    private StateFile? _stateFile;
    private Task _work = Task.CompletedTask;

    /// <summary>Starts what the queue does by itself. The simulator does not, and takes each step by hand.</summary>
    internal void Start(Loops loops)
    {
        LearnAge();
        _work = Task.WhenAll(
            loops.RunOnThreadAsync("queue committer", CommitLoop, _stopping.Token),
            loops.RunAsync("queue housekeeping", KeepHouseLoopAsync, _stopping.Token));
    }

    /// <summary>Commits what was appended, once. False when the disk failed, now or at the start: <see cref="TryReopen"/> is next.</summary>
    internal bool CommitOnce()
    {
        if (_failing)
            return false;
        try
        {
            var began = _time.GetTimestamp();
            if (_writer.Commit() is { } point)
            {
                _metrics.CommitSeconds.Record(_time.GetElapsedTime(began).TotalSeconds);
                _metrics.AppendedBytes.Add(point.Address - _committed.Address);
                Publish(point, _writer.FirstReceivedAtTicks);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e);
            return false;
        }
        catch
        {
            _failing = true; // what was left half done is not gone on with, not by the last commit of a stop either
            throw;
        }
    }

    /// <summary>Closes the log, and takes nothing in until <see cref="TryReopen"/> has opened it again.</summary>
    private void Fail(Exception reason)
    {
        _failing = true;
        RaiseFailing(reason);
        _metrics.DiskFailures.Add(1);
        _waiters.Fail(_writer.Fail(), reason);
        Interlocked.Increment(ref _failures); // before the log is opened again, so that no chunk spans it unseen
    }

    /// <summary>Opens a failed log again. False when the disk still fails.</summary>
    internal bool TryReopen()
    {
        try
        {
            _writer.Reopen();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            RaiseFailing(e);
            return false;
        }

        _failing = false;
        _problems.Clear(FailingProblem);
        _room.Set();
        return true;
    }

    /// <summary>Persists position and ledger, deletes the segments below, and takes logs again when there is room.</summary>
    internal void KeepHouse()
    {
        TryWrite(() =>
        {
            Persist(always: ReadsFail);
            Settle();
            if (_segments.FirstBelow(_persisted.Position) is null)
                return;

            // Both slots say so before a segment goes: losing one of them must not bring back a position without its segment.
            Persist(always: true);
            while (_segments.FirstBelow(_persisted.Position) is { } done)
            {
                GiveBack(done);
                _segments.Remove(done);
            }
        });

        TryWrite(LookAtDamage);
        TellDamage();
        ClearFull();
    }

    /// <summary>A person may have removed what was set aside.</summary>
    private void LookAtDamage()
    {
        _quarantine.RemoveOutdated();
        if (!_quarantine.HasDamage)
            return;
        _quarantine.Refresh();
        if (!_quarantine.HasDamage)
            _problems.Clear(DamagedProblem);
    }

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
            if (!_failing)
                CommitOnce();
            KeepHouse();
            TryWrite(WriteUnacknowledged);
            TellDamage(atOnce: true);
            _reader.Dispose();
            _reclaimed.Dispose();
            _writer.Dispose();
            _stateFile?.Dispose();
            _disk.Dispose();
        }
    }

    /// <summary>
    /// Does what a start needs from the disk, and tries again for as long as that takes: a disk that can't be read is not an empty one.
    /// Nothing is changed before it has been read.
    /// </summary>
    private T WhenItCanBeRead<T>(Func<T> recover)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var recovered = recover();
                if (attempt > 0)
                    ReadWorked();
                return recovered;
            }
            catch (IOException e) when (e is not QueueDirectoryException)
            {
                if (attempt % ReadAttempts == 0)
                    LogStartWaits(e.Message);
                _failedReads = attempt + 1;
                _problems.Raise(
                    ReadsFailingProblem,
                    $"The queue can't be read ({e.Message}), so the start waits and takes no logs in. It is tried again every second, and nothing is "
                    + "changed until then; `auralogs queue recover --give-up` gives up what can't be read.",
                    stopsIntake: true);
                Task.Delay(ReadRetry, _time).Wait();
            }
        }
    }

    private void CommitLoop(CancellationToken stopping)
    {
        var retry = FirstRetry;
        while (!stopping.IsCancellationRequested)
        {
            _commitWanted.Wait(stopping);
            Volatile.Write(ref _commitAsked, 0);
            if (CommitOnce())
            {
                retry = FirstRetry;
                continue;
            }

            do
            {
                stopping.WaitHandle.WaitOne(retry);
                retry = TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, LongestRetry.Ticks));
            }
            while (!stopping.IsCancellationRequested && !TryReopen());
        }
    }

    private async Task KeepHouseLoopAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _houseWanted.WaitAsync(HousekeepingInterval, stopping);
            KeepHouse();
        }
    }

    private void Publish(CommitPoint point, long firstReceivedAtTicks)
    {
        lock (_lock)
        {
            if (point.Sequence > _committed.Sequence)
                _outstanding.Committed(_committed, new DateTimeOffset(firstReceivedAtTicks, TimeSpan.Zero));
            _committed = point;
        }

        _waiters.Complete(point.Address);
        _committedMore.Set();
        _room.Set();
    }

    private void WakeCommitter()
    {
        if (Interlocked.Exchange(ref _commitAsked, 1) == 0)
            Release(_commitWanted);
    }

    private static void Release(SemaphoreSlim semaphore)
    {
        if (semaphore.CurrentCount > 0)
            return;
        try
        {
            semaphore.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else did: the loop will run.
        }
    }

    private void Persist(bool always = false)
    {
        var state = SnapshotState();
        if (state == _persisted && !always)
            return;
        _stateFile ??= StateFile.Open(_disk);
        state = state with { Number = state.Number + 1 };
        _stateFile.Write(state);
        _persisted = state;
        Interlocked.Increment(ref _provenWrites);
    }

    /// <summary>
    /// Ends parts whose intact entries were indexed after all. The file goes before the ledger moves: a crash between leaves events
    /// counted as quarantined that are indexed, never the other way round.
    /// </summary>
    private void Settle()
    {
        if (++_rounds % ReadAttempts == 0)
        {
            _lookAgain = _segments.HasUnread;
            _committedMore.Set();
        }

        while (true)
        {
            Reclaimed.Work? work;
            lock (_lock)
                work = _reclaimed.NextSettled;
            if (work is null)
                return;
            _quarantine.Settle(work.Part, work.IsWhole);
            lock (_lock)
            {
                _reclaimed.RemoveSettled();
                _neverReceived -= _outstanding.Reclaim(work.Sums);
            }

            LogReclaimed(work.Sums.Total, work.Part.From, work.Part.To);
            if (!_quarantine.HasDamage)
                _problems.Clear(DamagedProblem);
            Persist();
        }
    }

    /// <summary>The next entry of a part that was set aside and is intact.</summary>
    private QueueEntry? TryReclaim()
    {
        if (!_lookAgain && _reclaimed.IsIdle)
            return null;
        try
        {
            if (_lookAgain)
            {
                _lookAgain = false;
                long position;
                lock (_lock)
                    position = _outstanding.Position.Address;
                _reclaimed.Look(_quarantine.MayBeIntact(position, copiesToo: false));
            }

            var entry = _reclaimed.TryRead();
            lock (_lock)
            {
                if (entry is not null)
                    _reclaimed.Give(entry);
                else
                    _reclaimed.EndPart();
            }

            return entry;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Notes a part that could not be read, before it is passed: without the note its segments would be given back.</summary>
    private bool TryKeepUnread(Gap gap)
    {
        try
        {
            long torn;
            lock (_lock)
                torn = _torn.In(gap);
            _quarantine.KeepUnread(gap with { Events = gap.Events - torn });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogHousekeepingFailed(e.Message);
            _unkept = gap;
            return false;
        }

        if (_unkept is not null)
        {
            _unkept = null;
            SetAside(gap);
        }

        return true;
    }

    /// <summary>
    /// Keeps for the next run what its senders will send again. It counts with the newest state only, so a state is written first, changed or
    /// not, because that of the start may have failed; and nothing may be persisted after it.
    /// </summary>
    private void WriteUnacknowledged()
    {
        var chunks = Unacknowledged.ToArray().Where(chunk => chunk.Address <= _waiters.Committed && !_waiters.IsLost(chunk.Address)).ToArray();
        if (chunks.Length == 0)
            return;
        Persist(always: true);
        UnacknowledgedFile.Write(_disk, _persisted, chunks);
    }

    /// <summary>Keeps the file for a segment to come, unless the queue may need the room that it takes.</summary>
    private void GiveBack(Segment done)
    {
        if (_segments.Bytes + _spares.Bytes > _layout.SegmentBudget / 2 || !_spares.TryKeep(done))
            _disk.Delete(done.Name);
    }

    /// <summary>Does what can be left for the next round when the disk fails.</summary>
    /// <returns>Why it failed; null when it did not.</returns>
    private Exception? TryWrite(Action write)
    {
        try
        {
            write();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogHousekeepingFailed(e.Message);
            return e;
        }
    }

    /// <summary>
    /// Looks when the first entry of a backlog came in, so that its age is known before anybody reads it; with a reader of its own, so that what gives
    /// the entries out begins as if nobody had looked. When the disk does not tell, the age is that since the start until the entry is read.
    /// </summary>
    internal void LearnAge()
    {
        try
        {
            using var reader = new LogReader(_disk, _segments, _layout, QueueId, _outstanding.Position);
            if (reader.NextReceivedAt(_committed) is { } receivedAt)
                _outstanding.UnreadFrom(receivedAt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever reads next tells of it.
        }
    }

    private void ReadFailed(Exception reason)
    {
        if (_failedReads++ == 0)
        {
            _problems.Raise(
                ReadsFailingProblem,
                $"The queue can't be read ({reason.Message}), so nothing is indexed. It is tried again every second; "
                + "a block that stays unreadable for a minute while others can be read is passed over and kept.");
        }

        if (!OnlyThisBlockFails())
            return;
        if (++_failedReadsOfBlock % ReadAttempts == 0)
            _reader.SkipUnreadable();
    }

    /// <summary>Whether others can be read and, since the last time, something was written: then it is the block and not the disk.</summary>
    private bool OnlyThisBlockFails()
    {
        var writes = Interlocked.Read(ref _provenWrites);
        if (_failing || writes == _provenWritesSeen)
            return false;
        _provenWritesSeen = writes;
        try
        {
            return _reader.CanReadElsewhere();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void ReadWorked()
    {
        if (_failedReads == 0)
            return;
        (_failedReads, _failedReadsOfBlock) = (0, 0);
        _problems.Clear(ReadsFailingProblem);
    }

    private QueueState SnapshotState()
    {
        lock (_lock)
        {
            var sums = _outstanding.BelowPosition;
            return _persisted with
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

    private void SetAside(Gap gap)
    {
        long torn;
        lock (_lock)
        {
            torn = _torn.Pass(gap);
            _outstanding.Add(gap, torn);
        }

        if (torn > 0 && torn == gap.Events)
            KeepTail(new Residue(gap.From, gap.To));
        else
            KeepDamage(gap with { Events = gap.Events - torn });
    }

    private void KeepDamage(Gap gap)
    {
        string? notKept = null;
        try
        {
            if (!gap.IsUnread)
                _quarantine.Keep(gap);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            notKept = e.Message;
        }

        _metrics.DamagedParts.Add(1);
        _damage.Add(gap, notKept);
        RaiseDamaged();
    }

    private void TellDamage(bool atOnce = false)
    {
        if (_damage.Take(atOnce) is not { } damage)
            return;
        LogDamaged(damage.Parts, damage.From, damage.To, damage.Events);
        if (damage.NotKeptReason is { } reason)
            LogNotKept(damage.NotKept, reason);
    }

    /// <summary>
    /// Copies what is behind the last entry, if it is not zeros. After a crash that is normal and no problem: nothing there was
    /// acknowledged, as far as the state knows. What the state knows to be missing is found by the reader, as damage.
    /// </summary>
    private void SetTailAside(QueueState state)
    {
        try
        {
            if (Residue.Behind(state.CommittedAddress, _disk, _segments, state.QueueId) is { } tail)
                KeepTail(tail);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotKept(1, e.Message);
        }
    }

    private void KeepTail(Residue tail)
    {
        _metrics.TornTails.Add(1);
        LogTail(tail.From, tail.To);
        try
        {
            _quarantine.Keep(tail);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotKept(1, e.Message);
        }
    }

    /// <returns>The bytes of those that stay.</returns>
    private long TakeIn(IReadOnlyList<DiskFile> foreign)
    {
        var stayed = new List<DiskFile>();
        var (failed, reason) = (0, "");
        foreach (var file in foreign)
        {
            try
            {
                if (!_quarantine.TryTakeIn(file))
                    stayed.Add(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
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

    private void RaiseDamaged() => _problems.Raise(
        DamagedProblem,
        $"Parts of the queue could not be read and were set aside in its directory {Quarantine.Directory}/; "
        + $"{Ledger.Quarantined} events are lost, unless they turn out to be intact: then they are indexed after all. This stays until the files there are removed.");

    private void RaiseFailing(Exception reason) => _problems.Raise(
        FailingProblem, $"The queue's disk fails ({reason.Message}). Nothing is taken in until it works again.", stopsIntake: true);

    private void RaiseFull()
    {
        lock (_fullLock)
        {
            if (_saidFull || !_writer.IsFull)
                return;
            _saidFull = true;
            _problems.Raise(
                FullProblem, $"The queue is full with {_segments.Bytes} bytes of segments. Senders wait until Elasticsearch has taken some of it.", stopsIntake: true);
        }
    }

    private void ClearFull()
    {
        lock (_fullLock)
        {
            if (!_writer.TryResume())
                return;
            _saidFull = false;
            _problems.Clear(FullProblem);
        }

        _room.Set();
    }

    [LoggerMessage(LogLevel.Error, "Damaged parts of the queue: {Parts} between address {From} and {To}, set aside in quarantine/; {Events} events lost.")]
    private partial void LogDamaged(int parts, long from, long to, long events);

    [LoggerMessage(LogLevel.Information, "{Events} events that had been set aside, between address {From} and {To}, were intact and are indexed after all.")]
    private partial void LogReclaimed(long events, long from, long to);

    [LoggerMessage(LogLevel.Warning, "Behind the last entry of a run, from address {From} to {To}, is what can't be read: a write that a crash tore and that was never acknowledged, or damage. It was copied to quarantine/.")]
    private partial void LogTail(long from, long to);

    [LoggerMessage(LogLevel.Warning, "Files that are not the queue's were in its directory: {Count}, {Example} for one. {Moved} were moved to quarantine/, {Stayed} stay and count as the queue's.")]
    private partial void LogForeign(int count, string example, int moved, int stayed);

    [LoggerMessage(LogLevel.Error, "The queue's disk can't be read: {Reason}. The start waits, and tries again every second; nothing is changed until then. Give up what can't be read: auralogs queue recover --give-up.")]
    private partial void LogStartWaits(string reason);

    [LoggerMessage(LogLevel.Warning, "{Parts} of the parts that can't be read could not be kept in quarantine/: {Reason}.")]
    private partial void LogNotKept(int parts, string reason);

    [LoggerMessage(LogLevel.Warning, "The queue's position could not be persisted, or a segment not deleted: {Reason}. It is tried again every second.")]
    private partial void LogHousekeepingFailed(string reason);
}
