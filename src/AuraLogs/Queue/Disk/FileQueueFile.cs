using Microsoft.Win32.SafeHandles;

namespace AuraLogs.Queue.Disk;

/// <summary>A real file, opened with <c>O_SYNC</c>: a write returns when the device has it.</summary>
internal sealed class FileQueueFile(SafeFileHandle handle) : IQueueFile
{
    public long Length => RandomAccess.GetLength(handle);

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

    public int Read(Span<byte> destination, long offset)
    {
        var total = 0;
        while (total < destination.Length)
        {
            var read = RandomAccess.Read(handle, destination[total..], offset + total);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }

    public void Truncate(long length)
    {
        RandomAccess.SetLength(handle, length);
        RandomAccess.FlushToDisk(handle);
    }

    public void Dispose() => handle.Dispose();
}
