using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;

namespace AuraLogs.Queue.Log;

/// <summary>
/// Bytes where there is no entry and should be zeros: a write that a crash tore, or damage.
/// <para>
/// A segment file may have held older entries of the queue, which are still there behind what was written over them. They give
/// themselves away by their address, which is another one. The bytes before the first of them are what is left of the one before
/// it, unless the sector in which the log ends has something too: that sector was written last by the log itself, with zeros.
/// The same goes for whatever is in a file whose header says that it was used before.
/// </para>
/// </summary>
/// <param name="From">The first byte that is not zero, down to a multiple of four.</param>
/// <param name="To">Behind the last one.</param>
internal readonly record struct Residue(long From, long To)
{
    private const int BlockSize = 64 << 10;
    private const int SectorSize = 512;

    /// <summary>What is behind the end of the log in the last segments. A segment that has neither header nor entry is the reader's find.</summary>
    public static Residue? Behind(long end, IQueueDisk disk, SegmentSet segments, ulong queueId)
    {
        Residue? all = null;
        foreach (var segment in segments.Snapshot().Where(segment => segment.End > end))
        {
            using var file = disk.OpenToRead(segment.Name);
            var header = SegmentHeader.TryRead(file);
            if (end <= segment.Start && header is null)
                continue;
            var from = Math.Max(end, segment.Start);
            if (Find(file, segment, from, queueId) is { } found && (header is not { WasUsedBefore: true } || found.From < SectorEnd(from)))
                all = new Residue(all?.From ?? found.From, found.To);
        }

        return all;
    }

    /// <summary>What is in a segment from an address on that is no entry.</summary>
    public static Residue? Find(IQueueFile file, Segment segment, long from, ulong queueId)
    {
        var sectorEnd = SectorEnd(from);
        var buffer = new byte[BlockSize + EntryHeader.Size];
        Residue? found = null;
        for (var address = from; address < segment.End; address += BlockSize)
        {
            var length = (int)Math.Min(buffer.Length, segment.End - address);
            var bytes = buffer.AsSpan(0, file.Read(buffer.AsSpan(0, length), SegmentHeader.Size + (address - segment.Start)));
            for (var at = 0; at < Math.Min(bytes.Length, BlockSize); at += sizeof(int))
            {
                var zeros = bytes[at..].IndexOfAnyExcept((byte)0);
                if (zeros < 0)
                    break;
                at += zeros & ~3;
                if (at >= BlockSize)
                    break;
                if (EntryHeader.IsOfAnotherPlace(bytes[at..], address + at, queueId))
                    return found?.From < sectorEnd ? found : null;
                found = new Residue(found?.From ?? address + at, Math.Min(address + at + sizeof(int), segment.End));
            }
        }

        return found;
    }

    private static long SectorEnd(long address) => (address + SectorSize - 1) / SectorSize * SectorSize;
}
