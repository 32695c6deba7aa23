using Microsoft.Win32.SafeHandles;

namespace AuraLogs.Queue.Disk;

/// <summary>A real file, opened with <c>O_SYNC</c>: a write returns when the device has it.</summary>
internal sealed class FileQueueFile(SafeFileHandle handle) : IQueueFile
{
    public long Length => RandomAccess.GetLength(handle);

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (Exception e) when (DiskError.IsDisguised(e))
        {
            throw DiskError.Unmasked(e);
        }
    }

    public int Read(Span<byte> destination, long offset)
    {
        var total = 0;
        try
        {
            while (total < destination.Length && RandomAccess.Read(handle, destination[total..], offset + total) is var read and > 0)
                total += read;
        }
        catch (Exception e) when (DiskError.IsDisguised(e))
        {
            throw DiskError.Unmasked(e);
        }

        return total;
    }

    public void Truncate(long length)
    {
        try
        {
            RandomAccess.SetLength(handle, length);
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception e) when (DiskError.IsDisguised(e))
        {
            throw DiskError.Unmasked(e);
        }
    }

    public void Dispose() => handle.Dispose();
}
