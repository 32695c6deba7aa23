using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;

namespace AuraLogs.Queue.Log;

/// <summary>
/// Reads entries out of one segment file, from an address on, through a window of the file in memory. Damage does not
/// stop it: it looks for the next intact entry byte by byte, in steps of 4, because an entry is recognised by its own
/// checksum, queue and address.
/// </summary>
internal sealed class SegmentReader(IQueueFile file, Segment segment, QueueLayout layout, ulong? queueId, byte[] window) : IDisposable
{
    /// <summary>What a disk fails to read at once.</summary>
    public const int Block = 4096;

    private readonly (SegmentHeader? Intact, bool IsReadable) _header = ReadHeader(file, segment);
    private long _windowStart;
    private int _windowLength;

    /// <summary>
    /// Finds the next entry whose header is intact, at or after <paramref name="address"/> and before <paramref name="end"/>.
    /// </summary>
    /// <param name="address">Where to look.</param>
    /// <param name="end">Nothing from here on is looked at.</param>
    /// <param name="header">The entry found.</param>
    public bool TryFind(long address, long end, out EntryHeader header)
    {
        while (address + EntryHeader.Size <= end)
        {
            var bytes = Peek(address, EntryHeader.Size, end);
            if (bytes.Length < EntryHeader.Size)
                break;
            if (EntryHeader.TryRead(bytes, address, queueId, out header) && Fits(header, end))
                return true;

            var zeros = bytes.IndexOfAnyExcept((byte)0);
            if (zeros < 0)
                zeros = bytes.Length;
            address += Math.Max(zeros & ~3, sizeof(int));
        }

        header = default;
        return false;
    }

    /// <summary>Reads the body of an entry that was found. False when it does not have the checksum that the header says.</summary>
    public bool TryReadBody(in EntryHeader header, Span<byte> destination)
    {
        var address = header.Address + EntryHeader.Size;
        var inWindow = 0;
        if (address >= _windowStart && address < _windowStart + _windowLength)
        {
            inWindow = (int)Math.Min(destination.Length, _windowStart + _windowLength - address);
            window.AsSpan((int)(address - _windowStart), inWindow).CopyTo(destination);
        }

        var read = inWindow == destination.Length ? 0 : file.Read(destination[inWindow..], FileOffset(address + inWindow));
        return inWindow + read == destination.Length && Crc32C.Compute(destination) == header.BodyCrc;
    }

    /// <summary>Where the block ends that holds the address.</summary>
    public static long BlockAfter(long address) => (address / Block * Block) + Block;

    /// <summary>What is in a segment that has neither header nor entry: nothing that the queue has written. What can't be read is not said to be that.</summary>
    public Residue? Garbage()
    {
        try
        {
            return _header is (null, true) && queueId is { } id ? Residue.Find(file, segment, segment.Start, id) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => file.Dispose();

    private static (SegmentHeader? Intact, bool IsReadable) ReadHeader(IQueueFile file, Segment segment)
    {
        try
        {
            return (SegmentHeader.TryRead(file) is { } header && header.Start == segment.Start ? header : null, true);
        }
        catch (IOException)
        {
            return (null, false);
        }
    }

    private bool Fits(in EntryHeader header, long end)
    {
        // The program that wrote the segment may have had pages of another size.
        if (!_header.IsReadable)
            return header.NextAddress <= end;
        var pageSize = _header.Intact?.PageSize ?? layout.PageSize;
        return header.NextAddress <= end && header.NextAddress <= (header.Address / pageSize * pageSize) + pageSize;
    }

    /// <summary>What the window has from the address on, at least <paramref name="wanted"/> bytes unless the data ends before.</summary>
    private ReadOnlySpan<byte> Peek(long address, int wanted, long end)
    {
        if (address < _windowStart || address + wanted > _windowStart + _windowLength)
        {
            var length = (int)Math.Min(window.Length, end - address);
            _windowStart = address;
            _windowLength = 0;
            _windowLength = Read(window.AsSpan(0, length), wanted, address);
        }

        var offset = (int)(address - _windowStart);
        return window.AsSpan(offset, _windowLength - offset);
    }

    /// <summary>Reads as much as fits; no more than the wanted bytes' own blocks where the disk fails, because what is in front of a bad block is intact.</summary>
    private int Read(Span<byte> destination, int wanted, long address)
    {
        var near = (int)(BlockAfter(address + wanted - 1) - address);
        try
        {
            return file.Read(destination, FileOffset(address));
        }
        catch (IOException) when (near < destination.Length)
        {
            return file.Read(destination[..near], FileOffset(address));
        }
    }

    private long FileOffset(long address) => SegmentHeader.Size + (address - segment.Start);
}
