namespace AuraLogs.Queue.Disk;

/// <summary>A file of the queue. Safe for one writer and any number of readers at the same time.</summary>
internal interface IQueueFile : IDisposable
{
    long Length { get; }

    /// <summary>Writes all of it; it is on the disk, synced, when this returns.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Reads as much as there is, up to the end of the file.</summary>
    int Read(Span<byte> destination, long offset);

    /// <summary>As <see cref="Read"/>, but nothing where the disk fails: for what is as good as damaged when it can't be read.</summary>
    int ReadOrNothing(Span<byte> destination, long offset)
    {
        try
        {
            return Read(destination, offset);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    void Truncate(long length);
}
