using System.Security.Cryptography;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;

namespace AuraLogs.Queue;

/// <summary>
/// Finds out where a queue stands from what is in its directory. It reads the state and the last segment, so that it
/// takes as long for ten gigabytes as for one; damage further up is found by the reader when it gets there.
/// </summary>
internal sealed class Recovery(IQueueDisk disk, QueueLayout layout)
{
    /// <summary>What a queue continues from: the state of the run before, brought up to the last entry on disk.</summary>
    public (SegmentSet Segments, QueueState State, bool FormatIsIntact) Recover()
    {
        // 1. The format: another version's directory is left as it is.
        var queueId = FormatFile.TryRead(disk);

        // 2. The segments.
        var segments = new SegmentSet(FindSegments());

        // 3. The newest state of the three places that may have one.
        var state = NewestState(segments) ?? StateFromEntries(segments, queueId);

        // 4. The last entry, which may be newer than the state.
        var committed = new CommitPoint(state.CommittedAddress, state.CommittedSequence);
        foreach (var segment in segments.Snapshot().Reverse())
        {
            if (LastEntry(segments, segment, state.QueueId) is { } last)
            {
                committed = new CommitPoint(
                    Math.Max(committed.Address, last.Address), Math.Max(committed.Sequence, last.Sequence));
                break;
            }
        }

        return (segments, state with { CommittedAddress = committed.Address, CommittedSequence = committed.Sequence }, state.QueueId == queueId);
    }

    private List<Segment> FindSegments()
    {
        var found = new List<Segment>();
        foreach (var file in disk.List(SegmentSet.Directory))
        {
            if (!SegmentHeader.TryParseFileName(file.Name, out var start))
                continue;
            // A file without data still has its name, so its first address counts as taken.
            var segment = new Segment(start, start + Math.Max(1, file.Length - SegmentHeader.Size));
            found.Add(segment);
        }

        return found;
    }

    private QueueState? NewestState(SegmentSet segments)
    {
        var newest = StateFile.TryRead(disk);
        foreach (var segment in segments.Snapshot().Reverse())
        {
            if (ReadHeader(segment) is not { } header)
                continue;
            return header.State.Number > (newest?.Number ?? -1) ? header.State : newest;
        }

        return newest;
    }

    private SegmentHeader? ReadHeader(Segment segment)
    {
        using var file = disk.Open(segment.Name);
        var bytes = new byte[SegmentHeader.Size];
        return SegmentHeader.TryRead(bytes.AsSpan(0, file.Read(bytes, 0)));
    }

    private CommitPoint? LastEntry(SegmentSet segments, Segment segment, ulong queueId)
    {
        CommitPoint? last = null;
        using var reader = new LogReader(disk, segments, layout, queueId, new CommitPoint(segment.Start, 0));
        var end = new CommitPoint(segment.End, 0);
        while (true)
        {
            using var entry = reader.TryRead(end, out var gap);
            if (entry is not null)
                last = new CommitPoint(entry.Position.NextAddress, entry.NextSequence);
            else if (gap is null)
                return last;
        }
    }

    /// <summary>With every copy of the state lost: everything from the first entry on is taken as not completed.</summary>
    private QueueState StateFromEntries(SegmentSet segments, ulong? queueId)
    {
        foreach (var segment in segments.Snapshot())
        {
            using var reader = new SegmentReader(disk.Open(segment.Name), segment.Start, layout.PageSize, queueId, new byte[64 << 10]);
            if (!reader.TryFind(segment.Start, segment.End, out var first))
                continue;
            return new QueueState
            {
                QueueId = first.QueueId,
                Position = first.Address,
                PositionSequence = first.Sequence,
                CommittedAddress = first.Address,
                CommittedSequence = first.Sequence,
                Forgotten = first.Sequence,
            };
        }

        return new QueueState { QueueId = queueId ?? NewQueueId() };
    }

    private static ulong NewQueueId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
