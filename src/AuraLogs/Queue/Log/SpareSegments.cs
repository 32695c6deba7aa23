using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;

namespace AuraLogs.Queue.Log;

/// <summary>
/// The directory <c>spare</c>: files of finished segments, kept to be written over as new ones. Writing over blocks that a
/// file has already takes half the time of extending a file, and not deleting spares the file system from discarding 32 MiB at once,
/// for which every sync waits. What is in them means nothing: an entry is recognised by its address, and addresses are used once.
/// The directory itself is the list of them, so that an operation that failed half-way leaves nothing to be put right.
/// Safe for all threads.
/// </summary>
internal sealed class SpareSegments
{
    public const string Directory = "spare";

    /// <summary>One that is about to be used, and one for the next completion that comes first.</summary>
    private const int Most = 2;

    private readonly Lock _lock = new();
    private readonly IQueueDisk _disk;
    private long _bytes;

    public SpareSegments(IQueueDisk disk)
    {
        _disk = disk;
        Count();
    }

    /// <summary>What they take, in whole blocks.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Removes them all: the last run may have used segments of another size.</summary>
    /// <exception cref="IOException">The disk failed; what is left stays counted.</exception>
    public void Clear()
    {
        lock (_lock)
        {
            foreach (var file in Files())
                _disk.Delete(NameOf(file));
            Count();
        }
    }

    /// <summary>Takes over the file of a segment that is completed. False when there are enough already: it is to be deleted.</summary>
    /// <exception cref="IOException">The disk failed; the same call can be made again.</exception>
    public bool TryKeep(Segment segment)
    {
        lock (_lock)
        {
            if (Files().Count >= Most)
                return false;
            try
            {
                _disk.Move(segment.Name, $"{Directory}/{SegmentHeader.FileName(segment.Start)}");
            }
            catch (FileNotFoundException)
            {
                // An attempt that failed had moved it already.
            }

            Count();
            return true;
        }
    }

    /// <summary>
    /// Makes a spare file, if there is one, the file of a segment. It gets the segment's header before its name, so that no segment
    /// has the header of another.
    /// </summary>
    /// <returns>The file, open for writing, and where the segment ends with it; null when there is no spare file.</returns>
    /// <exception cref="IOException">The disk failed; the file may have the segment's name already.</exception>
    public (IQueueFile File, long End)? TryTake(SegmentHeader header)
    {
        lock (_lock)
        {
            var files = Files();
            if (files.Count == 0)
                return null;
            var spare = files[0];
            var file = _disk.Open(NameOf(spare));
            try
            {
                Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
                (header with { WasUsedBefore = true }).Write(bytes);
                file.Write(bytes, 0);
                _disk.Move(NameOf(spare), new Segment(header.Start, header.Start).Name);
                return (file, header.Start + Math.Max(0, spare.Length - SegmentHeader.Size));
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }

    /// <summary>A file that was taken counts with the segments from now on.</summary>
    public void Count()
    {
        lock (_lock)
            Interlocked.Exchange(ref _bytes, Files().Sum(file => file.Bytes));
    }

    private IReadOnlyList<DiskFile> Files() => _disk.List(Directory);

    private static string NameOf(DiskFile file) => $"{Directory}/{file.Name}";
}
