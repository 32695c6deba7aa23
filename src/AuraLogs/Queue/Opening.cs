using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Queue.Progress;
using AuraLogs.Queue.Resends;

namespace AuraLogs.Queue;

/// <summary>What a start finds on the disk.</summary>
internal sealed partial class Opening
{
    private readonly IQueueDisk _disk;
    private readonly bool _formatIsIntact;

    private Opening(IQueueDisk disk, QueueLayout layout)
    {
        _disk = disk;
        IsGivenUp = GiveUp.IsAsked(disk);
        var readable = IsGivenUp ? new UnreadableAsZeros(disk) : disk;
        var recovery = new Recovery(readable, layout);
        (Segments, State, _formatIsIntact) = recovery.Recover();
        Foreign = recovery.ForeignFiles;
        Unacknowledged = UnacknowledgedFile.Read(readable, State);
        Quarantine = new Quarantine(disk, Segments, layout.QuarantineBudget, State.Position);
        Spares = new SpareSegments(disk);
    }

    public SegmentSet Segments { get; }

    public QueueState State { get; }

    /// <summary>Files that are not the queue's.</summary>
    public IReadOnlyList<DiskFile> Foreign { get; }

    /// <summary>What its senders are going to send again.</summary>
    public IReadOnlyList<StoredChunk> Unacknowledged { get; }

    public Quarantine Quarantine { get; }

    public SpareSegments Spares { get; }

    /// <summary>Whether a person has given up what can't be read.</summary>
    public bool IsGivenUp { get; }

    /// <summary>
    /// Reads it, and tries again for as long as that takes: a disk that can't be read is not an empty one. Nothing is changed
    /// before it has been read.
    /// </summary>
    /// <exception cref="QueueDirectoryException">The directory can't be used.</exception>
    public static Opening Read(IQueueDisk disk, QueueLayout layout, TimeProvider time, QueueProblems problems, ILogger logger)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var opening = new Opening(disk, layout);
                if (attempt > 0)
                    problems.ClearReadsFailing();
                return opening;
            }
            catch (IOException e) when (e is not QueueDirectoryException)
            {
                if (attempt % EntryReader.Attempts == 0)
                    LogStartWaits(logger, e.Message);
                problems.RaiseStartWaits(e);
                Task.Delay(EntryReader.Retry, time).Wait();
            }
        }
    }

    /// <summary>Writes what a start writes before anything is taken in: each of it outdates what an earlier run has left.</summary>
    /// <exception cref="IOException">The disk failed; what is left is outdated by the next state.</exception>
    public void Write(PersistedState persisted)
    {
        Spares.Clear();
        if (IsGivenUp)
            StateFile.RemoveUnreadable(_disk);
        if (!_formatIsIntact)
            FormatFile.Write(_disk, State.QueueId);
        persisted.Write(always: true);
        if (IsGivenUp)
            GiveUp.Done(_disk);
    }

    [LoggerMessage(LogLevel.Error, "The queue's disk can't be read: {Reason}. The start waits, and tries again every second; nothing is changed until then. Give up what can't be read: auralogs queue recover --give-up.")]
    private static partial void LogStartWaits(ILogger logger, string reason);
}
