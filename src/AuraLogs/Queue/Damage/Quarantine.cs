using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;

namespace AuraLogs.Queue.Damage;

/// <summary>
/// The directory <c>quarantine</c>: what could not be read, as it was, one file a part:
/// <code>
/// FROM-TO-EVENTS        a damaged part of the log, named after the addresses where it begins and ends, and the events that are missing with it
/// FROM-TO               the same, where a gap has parts in several segments, so that the events of each are not known
/// FROM-TO.rest          the same, after some of its events turned out to be intact and were indexed after all
/// FROM-TO-EVENTS.unread a part that the disk could not read: an empty file; its segments are kept until it is read or given up
/// FROM-TO.tail          what was behind the last entry at a start: damage, or a write that a crash tore
/// foreign.NAME          a file that was not the queue's, moved here from its directory
/// large.WHEN-HASH       an event that was too large for an entry, whole, as MessagePack: its document in the index is cut and names the hash
/// </code>
/// It never takes more than its budget: the oldest parts go first, and a part that is larger is cut. A file that somebody
/// else has put into the queue's directory is never deleted, so those may have half of the budget. Large events may have a quarter of
/// it, the oldest go first, and they make room for damaged parts but never the other way round.
/// </summary>
internal sealed class Quarantine
{
    public const string Directory = "quarantine";
    private const string Tail = ".tail";
    public const string Unread = ".unread";
    private const string Rest = ".rest";
    private const string Foreign = "foreign.";
    private const string Large = "large.";
    private const int BlockSize = 64 << 10;

    private readonly Lock _lock = new();
    private readonly IQueueDisk _disk;
    private readonly SegmentSet _segments;
    private readonly long _budget;
    private readonly HashSet<string> _outdated;
    private long _bytes;
    private long _foreignBytes;
    private bool _hasDamage;

    /// <param name="disk">The queue's disk.</param>
    /// <param name="segments">Those of parts that could not be read are kept.</param>
    /// <param name="budget">The most that it may take, in bytes.</param>
    /// <param name="position">
    /// The queue's at the start. The reader is going to come again to the parts behind it, because no position behind them was persisted: what their files say
    /// is outdated, also while the disk does not let them be removed.
    /// </param>
    /// <exception cref="IOException">It can't be listed.</exception>
    public Quarantine(IQueueDisk disk, SegmentSet segments, long budget, long position)
    {
        (_disk, _segments, _budget) = (disk, segments, budget);
        _outdated = [.. Files().Where(file => (PartOf(file, "") ?? PartOf(file, Unread))?.From >= position).Select(file => file.Name)];
        Refresh();
    }

    /// <summary>What its files take, in whole blocks.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Whether there are damaged parts of the log, besides torn tails and files that are not the queue's.</summary>
    public bool HasDamage => Volatile.Read(ref _hasDamage);

    /// <summary>Brings it within its budget, which may be smaller than in the run before.</summary>
    /// <exception cref="IOException">The disk failed; what is left stays counted.</exception>
    public void Trim()
    {
        lock (_lock)
            MakeRoom(0);
    }

    /// <summary>Looks again at what is there, because a person may have removed files.</summary>
    public void Refresh()
    {
        lock (_lock)
        {
            var files = Files();
            Interlocked.Exchange(ref _bytes, files.Sum(file => file.Bytes));
            _foreignBytes = files.Where(IsForeign).Sum(file => file.Bytes);
            _segments.Keep([.. files.Where(IsValid).Select(file => PartOf(file, Unread)).OfType<QuarantinedPart>().Select(part => (part.From, part.To))]);
            Volatile.Write(
                ref _hasDamage, files.Any(file => IsValid(file) && !IsForeign(file) && !IsLarge(file) && !file.Name.EndsWith(Tail, StringComparison.Ordinal)));
        }
    }

    /// <summary>Copies what is between two addresses, as far as there are files for it.</summary>
    /// <exception cref="IOException">The part can't be kept; what was begun is removed.</exception>
    public void Keep(Gap gap) => Keep(gap.From, gap.To, gap.Events, "");

    /// <summary>Notes that a part could not be read, so that its segments are kept.</summary>
    /// <exception cref="IOException">It can't be noted.</exception>
    public void KeepUnread(Gap gap)
    {
        lock (_lock)
        {
            var name = new QuarantinedPart(gap.From, gap.To, gap.Events, Unread).Name;
            _disk.Create($"{Directory}/{name}").Dispose();
            _outdated.Remove(name);
            Refresh();
        }
    }

    /// <summary>Parts below the position whose bytes may be intact: the copies, and what could not be read.</summary>
    public IReadOnlyList<QuarantinedPart> MayBeIntact(long position, bool copiesToo)
    {
        lock (_lock)
        {
            return
            [
                .. Files().Where(IsValid).Select(file => PartOf(file, Unread) ?? (copiesToo ? PartOf(file, "") : null))
                    .OfType<QuarantinedPart>().Where(part => part.To <= position).OrderBy(part => part.From),
            ];
        }
    }

    /// <summary>Removes the files of parts that the reader comes to again.</summary>
    /// <exception cref="IOException">The disk failed; what is left stays outdated.</exception>
    public void RemoveOutdated()
    {
        lock (_lock)
        {
            if (_outdated.Count == 0)
                return;
            foreach (var name in _outdated.ToList())
            {
                _disk.Delete($"{Directory}/{name}");
                _outdated.Remove(name);
            }

            Refresh();
        }
    }

    /// <summary>Gives up all parts that could not be read.</summary>
    public void GiveUpUnread()
    {
        lock (_lock)
        {
            foreach (var file in Files().Where(file => PartOf(file, Unread) is not null))
                _disk.Delete($"{Directory}/{file.Name}");
            Refresh();
        }
    }

    /// <summary>The intact entries of a part have been indexed: where events are still missing, what else is in it stays.</summary>
    public void Settle(QuarantinedPart part, bool isWhole)
    {
        lock (_lock)
        {
            var name = $"{Directory}/{part.Name}";
            if (!isWhole && part.IsUnread)
                Keep(part.From, part.To, events: null, Rest);
            if (!isWhole && !part.IsUnread && _disk.Exists(name))
                _disk.Move(name, $"{Directory}/{(part with { Events = null, Kind = Rest }).Name}");
            else
                _disk.Delete(name);
            Refresh();
        }
    }

    /// <summary>Copies what is behind the last entry.</summary>
    /// <exception cref="IOException">It can't be kept; what was begun is removed.</exception>
    public void Keep(Residue tail) => Keep(tail.From, tail.To, events: null, Tail);

    /// <summary>Moves a file of the queue's directory here. False when there is no room for it, or one of its name: it stays.</summary>
    /// <exception cref="IOException">The disk failed; the file stays.</exception>
    public bool TryTakeIn(DiskFile file)
    {
        lock (_lock)
        {
            var name = $"{Directory}/{Foreign}{file.Name.Replace('/', '.')}";
            if (_foreignBytes + file.Bytes > _budget / 2 || _disk.Exists(name))
                return false;
            MakeRoom(file.Bytes);
            _disk.Move(file.Name, name);
            Refresh();
            return true;
        }
    }

    /// <summary>Keeps an event that was too large, once.</summary>
    /// <param name="hash">Its hash, which the document in the index has too.</param>
    /// <param name="content">All of it, in parts that follow each other.</param>
    /// <param name="now">When it came.</param>
    /// <returns>False when it is larger than what large events may take.</returns>
    /// <exception cref="IOException">The disk failed; what was begun is removed.</exception>
    public bool TryKeepLarge(string hash, IEnumerable<ReadOnlyMemory<byte>> content, DateTimeOffset now)
    {
        lock (_lock)
        {
            var large = Files().Where(IsLarge).OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
            if (large.Exists(file => file.Name.EndsWith(hash, StringComparison.Ordinal)))
                return true;
            var wanted = DiskFile.InBlocks(content.Sum(part => (long)part.Length));
            if (wanted > _budget / 4)
                return false;

            // 1. The oldest of its kind make room, for the share of all and for the budget.
            var taken = large.Sum(file => file.Bytes);
            foreach (var file in large.TakeWhile(_ => taken + wanted > _budget / 4 || Bytes + wanted > _budget))
            {
                _disk.Delete($"{Directory}/{file.Name}");
                taken -= file.Bytes;
                Interlocked.Add(ref _bytes, -file.Bytes);
            }

            if (Bytes + wanted > _budget)
                return false;

            // 2. Write it.
            var name = $"{Directory}/{Large}{now.ToUnixTimeMilliseconds():x12}-{hash}";
            Interlocked.Add(ref _bytes, wanted);
            try
            {
                using var target = _disk.Create(name);
                long position = 0;
                foreach (var part in content)
                {
                    target.Write(part.Span, position);
                    position += part.Length;
                }
            }
            catch
            {
                _disk.Delete(name);
                Interlocked.Add(ref _bytes, -wanted);
                throw;
            }

            return true;
        }
    }

    private void Keep(long from, long to, long? events, string kind)
    {
        lock (_lock)
        {
            var segments = _segments.Snapshot().Where(segment => Math.Max(from, segment.Start) < Math.Min(to, segment.End)).ToList();
            foreach (var segment in segments)
            {
                var begin = Math.Max(from, segment.Start);
                var end = Math.Min(Math.Min(to, segment.End), begin + _budget - _foreignBytes);
                if (begin < end)
                    Keep(segment, new QuarantinedPart(begin, end, segments.Count == 1 ? events : null, kind));
            }
        }
    }

    private void Keep(Segment segment, QuarantinedPart part)
    {
        var (name, from, to) = ($"{Directory}/{part.Name}", part.From, part.To);
        MakeRoom(DiskFile.InBlocks(to - from));
        _outdated.Remove(part.Name);
        Interlocked.Add(ref _bytes, DiskFile.InBlocks(to - from));
        try
        {
            using var source = _disk.OpenToRead(segment.Name);
            using var target = _disk.Create(name);
            var block = new byte[(int)Math.Min(BlockSize, to - from)];
            for (var address = from; address < to;)
            {
                var wanted = (int)Math.Min(block.Length, to - address);
                var read = source.Read(block.AsSpan(0, wanted), SegmentHeader.Size + (address - segment.Start));
                if (read == 0)
                    break;
                target.Write(block.AsSpan(0, read), address - from);
                address += read;
            }
        }
        catch
        {
            _disk.Delete(name);
            Interlocked.Add(ref _bytes, -DiskFile.InBlocks(to - from));
            throw;
        }

        if (part.Kind != Tail)
            Volatile.Write(ref _hasDamage, true);
    }

    private void MakeRoom(long wanted)
    {
        if (Bytes + wanted <= _budget)
            return;
        var old = Files().Where(file => !IsForeign(file) && PartOf(file, Unread) is null);
        foreach (var file in old.OrderBy(file => !IsLarge(file)).ThenBy(file => file.Name, StringComparer.Ordinal))
        {
            _disk.Delete($"{Directory}/{file.Name}");
            if (Interlocked.Add(ref _bytes, -file.Bytes) + wanted <= _budget)
                return;
        }
    }

    private bool IsValid(DiskFile file) => !_outdated.Contains(file.Name);

    private static QuarantinedPart? PartOf(DiskFile file, string kind) => QuarantinedPart.TryParse(file.Name, kind);

    private static bool IsLarge(DiskFile file) => file.Name.StartsWith(Large, StringComparison.Ordinal);

    private static bool IsForeign(DiskFile file) => file.Name.StartsWith(Foreign, StringComparison.Ordinal);

    private IReadOnlyList<DiskFile> Files() => _disk.List(Directory);
}
