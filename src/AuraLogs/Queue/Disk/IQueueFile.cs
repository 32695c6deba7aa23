namespace AuraLogs.Queue.Disk;

/// <summary>A file of the queue. Safe for one writer and any number of readers at the same time.</summary>
internal interface IQueueFile : IDisposable
{
    long Length { get; }

    /// <summary>Writes all of it; it is on the disk, synced, when this returns.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Reads as much as there is, up to the end of the file.</summary>
    int Read(Span<byte> destination, long offset);

    void Truncate(long length);
}
