using System.Buffers;
using AuraLogs.Indexing.Documents;
using AuraLogs.Indexing.Judging;
using AuraLogs.MessagePack.Json;
using AuraLogs.Queue;

namespace AuraLogs.Indexing.Sending;

/// <summary>
/// The body of a <c>_bulk</c> request and what is known of its items. An item is an action line and a document line; the items
/// lie one after the other. The items of one entry are a run, which reports to the entry's tracker.
/// </summary>
/// <param name="grow">Makes its memory larger.</param>
internal sealed class BulkRequest(GrowMemory grow)
{
    private readonly List<Run> _runs = [];
    private int[] _starts = new int[256];
    private int _count;

    public JsonBuffer Body { get; } = new(grow);

    /// <summary>How many items it has.</summary>
    public int Count => _count;

    /// <summary>Whether the items are dead letters: then each that is indexed counts as a dead letter of its entry.</summary>
    public bool HoldsDeadLetters { get; private set; }

    /// <summary>Begins with no items, in memory that it owns until <see cref="End"/>.</summary>
    public void Begin(IMemoryOwner<byte> memory, bool holdsDeadLetters)
    {
        Body.Take(memory);
        HoldsDeadLetters = holdsDeadLetters;
    }

    /// <summary>Forgets the items, and gives the memory back.</summary>
    public void End()
    {
        Body.Dispose();
        _count = 0;
        _runs.Clear();
    }

    /// <summary>Takes what was written to <see cref="Body"/> since <paramref name="start"/> as the next item.</summary>
    public void Add(int start, EntryTracker tracker)
    {
        if (_count == _starts.Length)
            Array.Resize(ref _starts, _starts.Length * 2);
        if (_runs.Count == 0 || _runs[^1].Tracker != tracker)
            _runs.Add(new Run(tracker, _count));
        _starts[_count++] = start;
    }

    /// <summary>Both lines of an item, each with its newline.</summary>
    public ReadOnlyMemory<byte> Item(int index) => Items(index, index + 1);

    /// <summary>The lines of the items from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    public ReadOnlyMemory<byte> Items(int first, int end)
    {
        var endByte = end < _count ? _starts[end] : Body.Position;
        return Body.Slice(_starts[first], endByte);
    }

    /// <summary>The index that an item is for.</summary>
    public string IndexOf(int index) => BulkItem.Target(Item(index).Span).Index;

    public EntryTracker TrackerOf(int index)
    {
        var low = 0;
        for (var high = _runs.Count - 1; low < high;)
        {
            var middle = (low + high + 1) / 2;
            if (_runs[middle].First <= index)
                low = middle;
            else
                high = middle - 1;
        }

        return _runs[low].Tracker;
    }

    /// <summary>Reports the items that are in the index, once a run; the others are reported when they are.</summary>
    public void Report(ReadOnlySpan<Verdict> verdicts)
    {
        for (var i = 0; i < _runs.Count; i++)
        {
            var end = i + 1 < _runs.Count ? _runs[i + 1].First : _count;
            var items = verdicts[_runs[i].First..end];
            long indexed = items.Count(Verdict.Indexed);
            long duplicates = items.Count(Verdict.Duplicate);
            long aside = items.Count(Verdict.FailureStore);
            _runs[i].Tracker.Report(
                HoldsDeadLetters ? new EntryOutcome(0, 0, indexed + duplicates + aside) : new EntryOutcome(indexed, duplicates, aside));
        }
    }

    /// <summary>Copies all items of the other request behind its own.</summary>
    public void Append(BulkRequest other)
    {
        for (var i = 0; i < other.Count; i++)
            Append(other, i);
    }

    /// <summary>Copies an item of the other request behind its own.</summary>
    public void Append(BulkRequest other, int item)
    {
        var start = Body.Position;
        Body.Write(other.Item(item).Span);
        Add(start, other.TrackerOf(item));
    }

    private readonly record struct Run(EntryTracker Tracker, int First);
}
