using System.Buffers;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Queue.Progress;

namespace AuraLogs.Queue.Inspection;

/// <summary>
/// Reads what waits in a queue's directory, without changing anything: beside a running service, or where it was left,
/// damaged or not.
/// </summary>
internal sealed class QueueScan : IDisposable
{
    private readonly FileQueueDisk _disk;
    private readonly SegmentSet _segments;
    private readonly LogReader _reader;
    private readonly CommitPoint _end;
    private readonly TornWrites _torn;
    private readonly QueueLayout _layout = QueueLayout.For(new QueueOptions());
    private bool _begun;

    /// <exception cref="QueueDirectoryException">There is no such directory, no queue in it, or one of another version.</exception>
    public QueueScan(string directory)
    {
        _disk = FileQueueDisk.OpenDirectoryReadOnly(directory);
        if (!_disk.Exists(FormatFile.Name) && !_disk.Exists(StateFile.Name) && _disk.List(SegmentSet.Directory).Count == 0)
            throw new QueueDirectoryException($"There is no queue in {directory}.");
        (_segments, State, _) = new Recovery(_disk, _layout).Recover();
        _reader = new LogReader(_disk, _segments, _layout, State.QueueId, new CommitPoint(State.Position, State.PositionSequence));
        _torn = new TornWrites(State.Torn);
        _end = new CommitPoint(_segments.Last?.End ?? 0, State.CommittedSequence);
    }

    /// <summary>Why a start would wait for this disk; null when it can read all that it needs.</summary>
    /// <exception cref="QueueDirectoryException">The directory has another version of the format.</exception>
    public static string? WhyStartWaits(IQueueDisk disk)
    {
        try
        {
            new Recovery(disk, QueueLayout.For(new QueueOptions())).Recover();
            return null;
        }
        catch (IOException e) when (e is not QueueDirectoryException)
        {
            return e.Message;
        }
    }

    /// <summary>Where the queue stood when it was last persisted, up to a second ago in a running service.</summary>
    public QueueState State { get; }

    public int SegmentCount => _segments.Count;

    public long SegmentBytes => _segments.Bytes;

    /// <summary>Parts that could not be read so far.</summary>
    public int DamagedParts { get; private set; }

    /// <summary>Events in those parts.</summary>
    public long LostEvents { get; private set; }

    /// <summary>The next entry that waits; null at the end.</summary>
    /// <exception cref="IOException">The disk can't be read.</exception>
    public QueueEntry? Read()
    {
        while (true)
        {
            var entry = _reader.TryRead(_end, out var gap);
            if (entry is null && gap is null)
                return null;
            if (gap is not null)
                Count(gap.Value);
            _begun = true;
            if (entry is not null)
                return entry;
        }
    }

    /// <summary>What was set aside and may be intact: its file, and how many events are intact in it; null when it can't be read now.</summary>
    public IEnumerable<(string File, long? IntactEvents)> SetAside()
    {
        var quarantine = new Quarantine(_disk, _segments, budget: long.MaxValue, position: long.MaxValue);
        foreach (var part in quarantine.MayBeIntact(long.MaxValue, copiesToo: true))
            yield return ($"{Quarantine.Directory}/{part.Name}", IntactEvents(part));
    }

    public void Dispose()
    {
        _reader.Dispose();
        _disk.Dispose();
    }

    private long? IntactEvents(QuarantinedPart part)
    {
        try
        {
            using var work = new Reclaimed.Work(part, _disk, _segments, _layout, State.QueueId, MemoryPool<byte>.Shared.Rent);
            var events = 0L;
            while (work.TryRead() is { } entry)
            {
                events += entry.EventCount;
                entry.Dispose();
            }

            return events;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>What a running service has completed and deleted meanwhile is not damaged.</summary>
    private void Count(Gap gap)
    {
        var deletedBefore = !_begun && _segments.Find(gap.From) is { } first && first.Start > gap.From;
        var deletedMeanwhile = _segments.Snapshot()
            .Any(segment => segment.Start < gap.To && segment.End > gap.From && !_disk.Exists(segment.Name));
        if (deletedBefore || deletedMeanwhile)
            return;
        var torn = _torn.Pass(gap);
        if (torn > 0 && torn == gap.Events)
            return;
        DamagedParts++;
        LostEvents += gap.Events - torn;
    }
}
