using System.Buffers;
using System.Security.Cryptography;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Queue.Resends;

namespace AuraLogs.Queue;

/// <summary>
/// Finds out where a queue stands from what is in its directory. It reads the state and the last segment, so that it
/// takes as long for ten gigabytes as for one; damage further up is found by the reader when it gets there.
/// <para>
/// What it has to know and can't read is never taken for missing: it throws, changes nothing, and can be made again. That is the
/// format, a slot of the state, where the state is lost a segment from the first one on, and what is right behind the last entry. A
/// block between entries is the reader's find.
/// </para>
/// </summary>
internal sealed class Recovery(IQueueDisk disk, QueueLayout layout)
{
    /// <summary>Blocks that can't be read, before the disk is taken to be away and not a block or two to be bad.</summary>
    private const int MostBadBlocks = 64;

    /// <summary>FasterLog's first address is not 0.</summary>
    private const int FirstEntryOffset = 64;

    private readonly List<DiskFile> _foreign = [];

    /// <summary>
    /// Files in the queue's directory that are not its own, by their paths, once it is recovered. Directories are left alone:
    /// <c>lost+found</c> is one.
    /// </summary>
    public IReadOnlyList<DiskFile> ForeignFiles => _foreign;

    /// <summary>What a queue continues from: the state of the run before, brought up to the last entry on disk.</summary>
    /// <exception cref="IOException">Something that it has to know can't be read now.</exception>
    public (SegmentSet Segments, QueueState State, bool FormatIsIntact) Recover()
    {
        // 1. The format: another version's directory is left as it is.
        var queueId = FormatFile.TryRead(disk);

        // 2. The segments.
        var segments = new SegmentSet(FindSegments(queueId));

        // 3. The newest state of the three places that may have one.
        var state = FindState(segments, queueId);

        // 4. The last entry, which may be newer than the state.
        var committed = new CommitPoint(state.CommittedAddress, state.CommittedSequence);
        foreach (var segment in segments.Snapshot().Reverse().TakeWhile(segment => segment.End > state.CommittedAddress))
        {
            if (LastEntry(segments, segment, state.QueueId) is { } last)
            {
                committed = new CommitPoint(
                    Math.Max(committed.Address, last.Address), Math.Max(committed.Sequence, last.Sequence));
                break;
            }
        }

        // 5. What the crash left incomplete of the last writes.
        if (state.Number > 0 && TornWrite(segments, state, committed.Address) is { } torn)
            state = state with { Torn = [.. state.Torn, torn] };
        return (segments, state with { CommittedAddress = committed.Address, CommittedSequence = committed.Sequence }, state.QueueId == queueId);
    }

    private static bool IsOurs(string name) =>
        name is FormatFile.Name or StateFile.Name or UnacknowledgedFile.Name or DirectoryLock.Name or GiveUp.Name;

    private List<Segment> FindSegments(ulong? queueId)
    {
        _foreign.AddRange(disk.List("").Where(file => !IsOurs(file.Name)));
        var files = new List<(Segment Segment, DiskFile File)>();
        foreach (var file in disk.List(SegmentSet.Directory).OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            var path = file with { Name = $"{SegmentSet.Directory}/{file.Name}" };
            // A file without data still has its name, so its first address counts as taken.
            if (SegmentHeader.TryParseFileName(file.Name, out var start))
                files.Add((new Segment(start, start + Math.Max(1, file.Length - SegmentHeader.Size)), path));
            else
                _foreign.Add(path);
        }

        // Segments don't overlap: what does is none, whatever its name says, unless it has a header of its own or an entry of the queue.
        var strangers = files
            .Where((file, i) => (i > 0 && files[i - 1].Segment.End > file.Segment.Start)
                || (i < files.Count - 1 && file.Segment.End > files[i + 1].Segment.Start))
            .Where(file => ReadHeader(file.Segment)?.Start != file.Segment.Start && FirstEntry([file.Segment], queueId) is null)
            .ToList();
        _foreign.AddRange(strangers.Select(file => file.File));
        var segments = files.Except(strangers).Select(file => file.Segment).ToList();
        for (var i = 1; i < segments.Count; i++)
            segments[i - 1] = segments[i - 1] with { End = Math.Min(segments[i - 1].End, segments[i].Start) };
        return segments;
    }

    private QueueState FindState(SegmentSet segments, ulong? queueId)
    {
        var fromFile = StateFile.TryRead(disk);
        var copy = fromFile is null ? NewestCopy(segments) : NewestReadableCopy(segments);
        var newest = copy is not null && copy.Number > (fromFile?.Number ?? -1) ? copy : fromFile;
        if (newest is null)
            return FirstEntry(segments.Snapshot(), queueId) is { } first ? StartingAt(first, new QueueState()) : new QueueState { QueueId = queueId ?? NewQueueId() };

        // A copy can be older than the deletion of segments, which were completed then, not lost.
        return fromFile is null && FirstEntry(segments.Snapshot(), newest.QueueId) is { } kept && kept.Address > newest.Position
            ? StartingAt(kept, newest)
            : newest;
    }

    /// <summary>The copy of the state in the header of the newest segment whose header is intact.</summary>
    private QueueState? NewestCopy(SegmentSet segments)
    {
        foreach (var segment in segments.Snapshot().Reverse())
        {
            if (ReadHeader(segment) is { } header)
                return header.State;
        }

        return null;
    }

    /// <summary>As <see cref="NewestCopy"/>, and null when that can't be read.</summary>
    private QueueState? NewestReadableCopy(SegmentSet segments)
    {
        try
        {
            return NewestCopy(segments);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Everything from an entry on is taken as not completed, and what was before it as forgotten.</summary>
    private static QueueState StartingAt(EntryHeader first, QueueState state) => state with
    {
        QueueId = first.QueueId,
        Position = first.Address,
        PositionSequence = first.Sequence,
        CommittedAddress = Math.Max(state.CommittedAddress, first.Address),
        CommittedSequence = Math.Max(state.CommittedSequence, first.Sequence),
        Forgotten = first.Sequence - (state.Indexed + state.Duplicates + state.DeadLettered + state.Quarantined),
        Torn = [.. state.Torn.Where(write => write.From >= first.Address)], // what was torn before it is forgotten with the rest
    };

    /// <summary>
    /// The first entry, or one before it that is damaged and that it follows. A header alone says nothing: it may be of a write that a
    /// crash tore, whose sequence was given to another entry afterwards.
    /// </summary>
    private EntryHeader? FirstEntry(IEnumerable<Segment> segments, ulong? queueId)
    {
        EntryHeader? damaged = null;
        foreach (var segment in segments)
        {
            if (FirstWhole(segment, queueId, ref damaged) is { } entry)
                return damaged is { } before && before.NextSequence <= entry.Sequence ? before : entry;
        }

        return null;
    }

    /// <param name="segment">Where to look.</param>
    /// <param name="queueId">Whose entries; null: any queue's.</param>
    /// <param name="damaged">Becomes the lowest in sequence of those that are passed because they are not whole.</param>
    private EntryHeader? FirstWhole(Segment segment, ulong? queueId, ref EntryHeader? damaged)
    {
        using var reader = new SegmentReader(disk.OpenToRead(segment.Name), segment, layout, queueId, new byte[layout.ReadWindowSize]);
        for (var address = segment.Start; address < segment.End;)
        {
            if (!reader.TryFind(address, segment.End, out var entry))
                return null;
            if (IsWhole(reader, entry))
                return entry;
            if (damaged is null || entry.Sequence <= damaged.Value.Sequence)
                damaged = entry;
            address = entry.Address + sizeof(int);
        }

        return null;
    }

    private static bool IsWhole(SegmentReader reader, in EntryHeader entry)
    {
        var body = ArrayPool<byte>.Shared.Rent(entry.BodyLength);
        try
        {
            return reader.TryReadBody(entry, body.AsSpan(0, entry.BodyLength));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    private SegmentHeader? ReadHeader(Segment segment)
    {
        using var file = disk.OpenToRead(segment.Name);
        return SegmentHeader.TryRead(file);
    }

    private CommitPoint? LastEntry(SegmentSet segments, Segment segment, ulong queueId)
    {
        CommitPoint? last = null;
        var bad = new List<long>();
        using var reader = new LogReader(disk, segments, layout, queueId, new CommitPoint(segment.Start, 0));
        var end = new CommitPoint(segment.End, 0);
        while (true)
        {
            try
            {
                using var entry = reader.TryRead(end, out var gap);
                if (entry is not null)
                    last = new CommitPoint(entry.Position.NextAddress, entry.NextSequence);
                else if (gap is null)
                    break;
            }
            catch (IOException) when (bad.Count < MostBadBlocks)
            {
                bad.Add(reader.SkipUnreadable());
            }
        }

        // The next entry would be right there, or at the start of the next page: only where that can be read is it known that there is none.
        var next = last?.Address ?? segment.Start;
        var nextPage = (next + layout.PageSize - 1) / layout.PageSize * layout.PageSize;
        return bad.Exists(block => Holds(block, next) || Holds(block, nextPage))
            ? throw new IOException($"Input/output error behind the last entry that can be read, at address {next}")
            : last;
    }

    /// <summary>
    /// What is missing between entries that are there, and neither the state nor any entry behind it knows to be committed. Nothing else
    /// can tell after the next entry is written, so the state keeps it. Without any state what is missing counts as lost.
    /// </summary>
    private TornWrite? TornWrite(SegmentSet segments, QueueState state, long end)
    {
        // From what the state knows on, which is a second's worth: only there is the sequence known that a missing front would have.
        var from = new CommitPoint(state.CommittedAddress, state.CommittedSequence);
        using var reader = new LogReader(disk, segments, layout, state.QueueId, from);
        var missing = new List<(long Address, long From, long To)>();
        var (bad, isUnreadable) = (0, false);
        while (true)
        {
            try
            {
                using var entry = reader.TryRead(new CommitPoint(end, 0), out var gap);
                if (entry is not null)
                {
                    var committed = entry.CommittedSequence ?? entry.Sequence;
                    missing.RemoveAll(part => part.To <= committed);
                    for (var i = 0; i < missing.Count; i++)
                        missing[i] = missing[i] with { From = Math.Max(missing[i].From, committed) };
                    isUnreadable = false;
                }
                else if (gap is not { } found)
                {
                    return missing.Count > 0 ? new TornWrite(missing[0].Address, end, missing.Sum(part => part.To - part.From)) : null;
                }
                else if (found.Events > 0 && !isUnreadable)
                {
                    missing.Add((found.From, found.NextSequence - found.Events, found.NextSequence));
                }
            }
            catch (IOException) when (bad++ < MostBadBlocks)
            {
                reader.SkipUnreadable();
                isUnreadable = true;
            }
        }
    }

    private static bool Holds(long block, long address) =>
        block < address + FirstEntryOffset + EntryHeader.Size && address < block + SegmentReader.Block;

    private static ulong NewQueueId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
