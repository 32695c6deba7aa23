using AuraLogs.Queue.Resends;

namespace AuraLogs.Queue;

/// <summary>The sizes of a queue, all in bytes, and the arithmetic behind them.</summary>
internal sealed record QueueLayout
{
    /// <summary>
    /// A page of FasterLog: an entry never spans pages, and what is left of a page is written as zeros. With eight of the
    /// largest entries to a page, at most an eighth is lost that way, and a sixteenth on average.
    /// </summary>
    public int PageSize { get; init; } = 4 << 20;

    /// <summary>Pages in memory, a power of two: one being filled, one being written, and slack for a slow disk.</summary>
    public int BufferPages { get; init; } = 4;

    /// <summary>
    /// What an entry's events should have at most: an eighth of a page with room for the header, the tag and the chunk id, so that
    /// the reader's copy fits in a pooled buffer of 512 KiB.
    /// </summary>
    public int PartBytes { get; init; } = (512 << 10) - 4096;

    /// <summary>
    /// What an entry's events may have, for the rare event that is larger than a part: a page less the header and the longest tag
    /// and chunk id.
    /// </summary>
    public int MaxEventBytes { get; init; } = (4 << 20) - (192 << 10);

    /// <summary>What the reader reads at once: large enough to make the system calls cheap for small entries.</summary>
    public int ReadWindowSize { get; init; } = 256 << 10;

    /// <summary>
    /// A segment ends at the first page boundary after so much. Small, because the disk gets back whole segments only;
    /// not too small, because creating one costs two synced writes.
    /// </summary>
    public required long SegmentSize { get; init; }

    /// <summary>The most that the segment files may take, the one being written included.</summary>
    public required long SegmentBudget { get; init; }

    /// <summary>A full queue takes logs again once the segments take no more than this.</summary>
    public required long ResumeBytes { get; init; }

    /// <summary>The most that damaged parts may take that were set aside.</summary>
    public required long QuarantineBudget { get; init; }

    /// <summary>The files for the state, the format, the lock and the unacknowledged chunks, and the directories themselves.</summary>
    public const long FixedBytes = (64 << 10) + UnacknowledgedFile.MaxSize;

    public long MaxBytes => SegmentBudget + QuarantineBudget + FixedBytes;

    public static QueueLayout For(QueueOptions options)
    {
        var page = 4 << 20;
        // Sixty-four segments, but no more than 32 MiB each: 10 GiB are given back in steps of 0.3 %.
        var segment = Math.Clamp(options.MaxBytes / 64 / page * page, page, 32L << 20);
        var quarantine = Math.Min(options.MaxBytes / 32, 256L << 20);
        var budget = options.MaxBytes - FixedBytes - quarantine;
        return new QueueLayout
        {
            PageSize = page,
            SegmentSize = segment,
            SegmentBudget = budget,
            ResumeBytes = budget - Math.Max(2 * segment, budget / 20),
            QuarantineBudget = quarantine,
        };
    }
}
