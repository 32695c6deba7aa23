using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;

namespace AuraLogs.Queue.Damage;

/// <summary>
/// The directory <c>quarantine</c>: what could not be read, as it was, one file a part:
/// <code>
/// FROM-TO        a damaged part of the log, named after the addresses where it begins and ends
/// FROM-TO.rest   as FROM-TO, after the intact entries in it were indexed after all
/// FROM-TO.unread a part that the disk could not read: an empty file; its segments are kept until it is read or given up
/// FROM-TO.tail   what was behind the last entry at a start: damage, or a write that a crash tore
/// foreign.NAME   a file that was not the queue's, moved here from its directory
/// large.WHEN-HASH an event that was too large for an entry, whole, as MessagePack: its document in the index is cut and names the hash
/// </code>
/// It never takes more than its budget: the oldest parts go first, and a part that is larger is cut. A file that somebody
/// else has put into the queue's directory is never deleted, so those may have half of the budget. Large events may have a quarter of
/// it, the oldest go first, and they make room for damaged parts but never the other way round.
/// </summary>
internal sealed class Quarantine
{
    public const string Directory = "quarantine";
    private const string Tail = ".tail";
    private const string Unread = ".unread";
    private const string Rest = ".rest";
    private const string Foreign = "foreign.";
    private const string Large = "large.";
    private const int BlockSize = 64 << 10;

    private readonly Lock _lock = new();
    private readonly IQueueDisk _disk;
    private readonly SegmentSet _segments;
    private readonly long _budget;
    private long _bytes;
    private long _foreignBytes;
    private bool _hasDamage;

    public Quarantine(IQueueDisk disk, SegmentSet segments, long budget)
    {
        (_disk, _segments, _budget) = (disk, segments, budget);
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
            _segments.Keep([.. files.Select(file => QuarantinedPart.TryParse(file.Name, Unread)).OfType<QuarantinedPart>().Select(part => (part.From, part.To))]);
            Volatile.Write(ref _hasDamage, files.Any(file => !IsForeign(file) && !IsLarge(file) && !file.Name.EndsWith(Tail, StringComparison.Ordinal)));
        }
    }

    /// <summary>Copies what is between two addresses, as far as there are files for it.</summary>
    /// <exception cref="IOException">The part can't be kept; what was begun is removed.</exception>
    public void Keep(Gap gap) => Keep(gap.From, gap.To, "");

    /// <summary>Notes that a part could not be read, so that its segments are kept.</summary>
    /// <exception cref="IOException">It can't be noted.</exception>
    public void KeepUnread(Gap gap)
    {
        lock (_lock)
        {
            _disk.Create($"{Directory}/{new QuarantinedPart(gap.From, gap.To, Unread).Name}").Dispose();
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
                .. Files().Select(file => QuarantinedPart.TryParse(file.Name, Unread) ?? (copiesToo ? QuarantinedPart.TryParse(file.Name, "") : null))
                    .OfType<QuarantinedPart>().Where(part => part.To <= position).OrderBy(part => part.From),
            ];
        }
    }

    /// <summary>Removes copies of parts that the reader is going to come to again, because no position behind them was persisted.</summary>
    public void ForgetFrom(long position)
    {
        lock (_lock)
        {
            foreach (var part in Files().Select(file => QuarantinedPart.TryParse(file.Name, "") ?? QuarantinedPart.TryParse(file.Name, Unread)).OfType<QuarantinedPart>())
            {
                if (part.From >= position)
                    _disk.Delete($"{Directory}/{part.Name}");
            }

            Refresh();
        }
    }

    /// <summary>Gives up all parts that could not be read.</summary>
    public void GiveUpUnread()
    {
        lock (_lock)
        {
            foreach (var file in Files().Where(file => QuarantinedPart.TryParse(file.Name, Unread) is not null))
                _disk.Delete($"{Directory}/{file.Name}");
            Refresh();
        }
    }

    /// <summary>The intact entries of a part have been indexed: what else is in it stays.</summary>
    public void Settle(QuarantinedPart part, bool isWhole)
    {
        lock (_lock)
        {
            var name = $"{Directory}/{part.Name}";
            if (!isWhole && part.IsUnread)
                Keep(part.From, part.To, Rest);
            if (!isWhole && !part.IsUnread && _disk.Exists(name))
                _disk.Move(name, name + Rest);
            else
                _disk.Delete(name);
            Refresh();
        }
    }

    /// <summary>Copies what is behind the last entry.</summary>
    /// <exception cref="IOException">It can't be kept; what was begun is removed.</exception>
    public void Keep(Residue tail) => Keep(tail.From, tail.To, Tail);

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
    /// <param name="content">All of it.</param>
    /// <param name="now">When it came.</param>
    /// <returns>False when it is larger than what large events may take.</returns>
    /// <exception cref="IOException">The disk failed; what was begun is removed.</exception>
    public bool TryKeepLarge(string hash, ReadOnlySpan<byte> content, DateTimeOffset now)
    {
        lock (_lock)
        {
            var large = Files().Where(IsLarge).OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
            if (large.Exists(file => file.Name.EndsWith(hash, StringComparison.Ordinal)))
                return true;
            var wanted = DiskFile.InBlocks(content.Length);
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
                target.Write(content, 0);
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

    private void Keep(long from, long to, string kind)
    {
        lock (_lock)
        {
            foreach (var segment in _segments.Snapshot())
            {
                var begin = Math.Max(from, segment.Start);
                var end = Math.Min(Math.Min(to, segment.End), begin + _budget - _foreignBytes);
                if (begin < end)
                    Keep(segment, begin, end, kind);
            }
        }
    }

    private void Keep(Segment segment, long from, long to, string kind)
    {
        var name = $"{Directory}/{from:x16}-{to:x16}{kind}";
        MakeRoom(DiskFile.InBlocks(to - from));
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

        if (kind != Tail)
            Volatile.Write(ref _hasDamage, true);
    }

    private void MakeRoom(long wanted)
    {
        if (Bytes + wanted <= _budget)
            return;
        var old = Files().Where(file => !IsForeign(file) && QuarantinedPart.TryParse(file.Name, Unread) is null);
        foreach (var file in old.OrderBy(file => !IsLarge(file)).ThenBy(file => file.Name, StringComparer.Ordinal))
        {
            _disk.Delete($"{Directory}/{file.Name}");
            if (Interlocked.Add(ref _bytes, -file.Bytes) + wanted <= _budget)
                return;
        }
    }

    private static bool IsLarge(DiskFile file) => file.Name.StartsWith(Large, StringComparison.Ordinal);

    private static bool IsForeign(DiskFile file) => file.Name.StartsWith(Foreign, StringComparison.Ordinal);

    private IReadOnlyList<DiskFile> Files() => _disk.List(Directory);
}
