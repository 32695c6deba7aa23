namespace AuraLogs.Queue.Inspection;

/// <summary>What entries of a tag hold, in sum.</summary>
internal readonly record struct TagTotals(long Entries, long Events, long Bytes)
{
    public TagTotals With(QueueEntry entry) => new(Entries + 1, Events + entry.EventCount, Bytes + entry.Events.Length);

    public static TagTotals operator +(TagTotals left, TagTotals right) =>
        new(left.Entries + right.Entries, left.Events + right.Events, left.Bytes + right.Bytes);
}
