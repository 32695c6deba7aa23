using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;

namespace AuraLogs.Queue.Progress;

/// <summary>
/// The torn writes that the reader has not passed yet: they tell which of the missing events were never received. Not thread-safe: its
/// owner locks.
/// </summary>
internal sealed class TornWrites(IEnumerable<TornWrite> ahead)
{
    private readonly List<TornWrite> _ahead = [.. ahead];
    private readonly List<(long Until, int Index, long Events)> _passed = [];

    /// <summary>Takes as many events as the torn writes in a gap have missing out of the account.</summary>
    /// <returns>How many of the gap's events were never received.</returns>
    public long Pass(Gap gap)
    {
        var torn = Find(gap);
        _passed.AddRange(torn);
        return torn.Sum(part => part.Events);
    }

    /// <summary>How many of a gap's events were never received, as <see cref="Pass"/> is going to say.</summary>
    public long In(Gap gap) => Find(gap).Sum(part => part.Events);

    /// <summary>What is ahead of a position, which may lie behind the reader: what persists with it.</summary>
    public IReadOnlyList<TornWrite> AheadOf(long position)
    {
        if (_ahead.Count == 0)
            return [];
        var ahead = _ahead
            .Select((write, i) => write with { Events = write.Events - _passed.Where(part => part.Index == i && part.Until <= position).Sum(part => part.Events) })
            .Where(write => write.To > position && write.Events > 0)
            .ToArray();
        return ahead.Length > 0 ? ahead : [];
    }

    private List<(long Until, int Index, long Events)> Find(Gap gap)
    {
        var found = new List<(long Until, int Index, long Events)>();
        var left = gap.Events;
        for (var i = 0; i < _ahead.Count; i++)
        {
            var write = _ahead[i];
            var passed = _passed.Where(part => part.Index == i).Sum(part => part.Events);
            if (gap.From >= write.To || gap.To <= write.From || Math.Min(left, write.Events - passed) is not (> 0 and var torn))
                continue;
            found.Add((gap.To, i, torn));
            left -= torn;
        }

        return found;
    }
}
