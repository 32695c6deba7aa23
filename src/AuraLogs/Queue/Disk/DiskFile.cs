namespace AuraLogs.Queue.Disk;

/// <summary>A file as a listing shows it.</summary>
internal readonly record struct DiskFile(string Name, long Length)
{
    /// <summary>What it takes, in whole blocks of the file system.</summary>
    public long Bytes => InBlocks(Length);

    /// <summary>What so many bytes of a file take.</summary>
    public static long InBlocks(long length) => (length + 4095) & ~4095L;
}
