using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;

namespace AuraLogs.Queue;

/// <summary>
/// The directory <c>quarantine</c>: the bytes of the parts of segments that could not be read, as they were, one file a
/// part, named after the addresses where they begin and end. It never takes more than its budget: the oldest go first,
/// and a part that is larger is cut.
/// </summary>
internal sealed class Quarantine
{
    public const string Directory = "quarantine";
    private const int BlockSize = 64 << 10;

    private readonly Lock _lock = new();
    private readonly IQueueDisk _disk;
    private readonly SegmentSet _segments;
    private readonly long _budget;
    private long _bytes;

    public Quarantine(IQueueDisk disk, SegmentSet segments, long budget)
    {
        (_disk, _segments, _budget) = (disk, segments, budget);
        Refresh();
        MakeRoom(0);
    }

    /// <summary>What its files take, in whole blocks.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Looks again at what is there, because a person may have removed files.</summary>
    public void Refresh()
    {
        lock (_lock)
            Interlocked.Exchange(ref _bytes, Files().Sum(file => Blocks(file.Length)));
    }

    /// <summary>Copies what is between two addresses, as far as there are files for it.</summary>
    /// <exception cref="IOException">The part can't be kept; what was begun is removed.</exception>
    public void Keep(Gap gap)
    {
        lock (_lock)
        {
            foreach (var segment in _segments.Snapshot())
            {
                var from = Math.Max(gap.From, segment.Start);
                var to = Math.Min(Math.Min(gap.To, segment.End), from + _budget);
                if (from < to)
                    Keep(segment, from, to);
            }
        }
    }

    private void Keep(Segment segment, long from, long to)
    {
        var name = $"{Directory}/{from:x16}-{to:x16}";
        MakeRoom(Blocks(to - from));
        Interlocked.Add(ref _bytes, Blocks(to - from));
        try
        {
            using var source = _disk.Open(segment.Name);
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
            Interlocked.Add(ref _bytes, -Blocks(to - from));
            throw;
        }
    }

    private void MakeRoom(long wanted)
    {
        foreach (var file in Files().OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            if (Bytes + wanted <= _budget)
                return;
            _disk.Delete($"{Directory}/{file.Name}");
            Interlocked.Add(ref _bytes, -Blocks(file.Length));
        }
    }

    private IReadOnlyList<DiskFile> Files() => _disk.List(Directory);

    private static long Blocks(long bytes) => (bytes + 4095) & ~4095L;
}
