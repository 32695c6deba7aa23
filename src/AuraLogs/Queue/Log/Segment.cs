namespace AuraLogs.Queue.Log;

/// <summary>A segment file: the addresses it holds, and its name.</summary>
/// <param name="Start">Its first address, at a page boundary.</param>
/// <param name="End">
/// Where its file ends; grows while it is written. A file that was used before is longer than what has been written to it: what is
/// left in it there are entries of other addresses, which nobody takes for his own.
/// </param>
internal readonly record struct Segment(long Start, long End)
{
    public string Name => $"{SegmentSet.Directory}/{Format.SegmentHeader.FileName(Start)}";

    /// <summary>What the file takes, in whole blocks of the file system.</summary>
    public long Bytes => Disk.DiskFile.InBlocks(Format.SegmentHeader.Size + (End - Start));
}
