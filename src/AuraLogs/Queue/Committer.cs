using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Log;
using AuraLogs.Queue.Progress;

namespace AuraLogs.Queue;

/// <summary>
/// Brings what was appended to the disk, in groups: whatever came while one commit was under way is in the next. When the disk fails, those
/// who wait are told, the log is closed, and it is opened again as soon as the disk takes it.
/// </summary>
/// <param name="writer">The log.</param>
/// <param name="waiters">Those who wait for a commit.</param>
/// <param name="account">Told what is committed.</param>
/// <param name="room">Set when appends that wait may try again.</param>
/// <param name="more">Set when there is more to read.</param>
/// <param name="problems">Told of a disk that fails.</param>
/// <param name="metrics">What is counted.</param>
/// <param name="time">The clock.</param>
internal sealed class Committer(
    LogWriter writer, CommitWaiters waiters, QueueAccount account, AsyncSignal room, AsyncSignal more, QueueProblems problems, QueueMetrics metrics, TimeProvider time)
    : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    // Without spinning: at the loads of most clusters the next chunk comes in milliseconds, and looking for it took a sixth of all CPU.
    private readonly ManualResetEventSlim _wanted = new(initialState: false, spinCount: 0);
    private int _asked;
    private bool _failing;
    private int _failures;

    /// <summary>Whether the log is closed because the disk fails.</summary>
    public bool IsFailing => Volatile.Read(ref _failing);

    /// <summary>How often the disk has failed.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>Asks for a commit.</summary>
    public void Wake()
    {
        // An append that finds it asked for already comes before the commit that was asked for: the question is taken back before the commit begins.
        if (Interlocked.Exchange(ref _asked, 1) == 0)
            _wanted.Set();
    }

    /// <summary>Commits when asked to, until it is stopped. Blocks its thread.</summary>
    public void Run(CancellationToken stopping)
    {
        var retry = FirstRetry;
        while (!stopping.IsCancellationRequested)
        {
            _wanted.Wait(stopping);
            _wanted.Reset();
            Volatile.Write(ref _asked, 0);
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

    /// <summary>Commits what was appended, once. False when the disk failed, now or at the start: <see cref="TryReopen"/> is next.</summary>
    public bool CommitOnce()
    {
        if (IsFailing)
            return false;
        try
        {
            var began = time.GetTimestamp();
            var before = account.Committed;
            if (writer.Commit() is { } point)
            {
                metrics.CommitSeconds.Record(time.GetElapsedTime(began).TotalSeconds);
                metrics.AppendedBytes.Add(point.Address - before.Address);
                account.Commit(point, writer.FirstReceivedAtTicks);
                waiters.Complete(point.Address);
                more.Set();
                room.Set();
            }

            return true;
        }
        catch (Exception e) when (DiskError.IsRefusal(e))
        {
            Fail(e);
            return false;
        }
        catch
        {
            Volatile.Write(ref _failing, true); // what was left half done is not gone on with, not by the last commit of a stop either
            throw;
        }
    }

    /// <summary>Closes the log, and takes nothing in until <see cref="TryReopen"/> has opened it again.</summary>
    public void Fail(Exception reason)
    {
        Volatile.Write(ref _failing, true);
        problems.RaiseDiskFailing(reason);
        metrics.DiskFailures.Add(1);
        waiters.Fail(writer.Fail(), reason);
        Interlocked.Increment(ref _failures); // before the log is opened again, so that no chunk spans it unseen
    }

    /// <summary>Opens a failed log again. False when the disk still fails.</summary>
    public bool TryReopen()
    {
        try
        {
            writer.Reopen();
        }
        catch (Exception e) when (DiskError.IsRefusal(e) || e is OutOfMemoryException)
        {
            problems.RaiseDiskFailing(e);
            return false;
        }

        Volatile.Write(ref _failing, false);
        problems.ClearDiskFailing();
        room.Set();
        return true;
    }

    public void Dispose() => _wanted.Dispose();
}
