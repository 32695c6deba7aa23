using System.Text;

namespace AuraLogs.Queue.Inspection;

/// <summary>What waits in a queue, in sum and by tag.</summary>
internal sealed class QueueSummary
{
    /// <summary>Tags beyond so many are counted together, so that memory does not depend on what senders invent.</summary>
    private const int MaxTags = 10_000;
    private const string OtherTags = "(other tags)";

    private readonly Dictionary<string, TagTotals> _byTag = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, TagTotals> ByTag => _byTag;

    public TagTotals Total { get; private set; }

    /// <summary>When the oldest entry came in.</summary>
    public DateTimeOffset? Oldest { get; private set; }

    public DateTimeOffset? Newest { get; private set; }

    public void Add(QueueEntry entry)
    {
        var tag = Encoding.UTF8.GetString(entry.Tag.Span);
        if (_byTag.Count >= MaxTags && !_byTag.ContainsKey(tag))
            tag = OtherTags;
        _byTag[tag] = _byTag.GetValueOrDefault(tag).With(entry);
        Total = Total.With(entry);
        Oldest = Oldest < entry.ReceivedAt ? Oldest : entry.ReceivedAt;
        Newest = Newest > entry.ReceivedAt ? Newest : entry.ReceivedAt;
    }
}
