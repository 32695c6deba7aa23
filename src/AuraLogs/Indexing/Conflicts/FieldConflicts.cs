using System.Text.Json;

namespace AuraLogs.Indexing.Conflicts;

/// <summary>
/// Which fields conflict in which indices, how often, and who sends them. Bounded: of more pairs of index and field than there is room
/// for, the one that has been quiet the longest is forgotten; of more senders, those that come later are.
/// </summary>
internal sealed class FieldConflicts(TimeProvider time)
{
    /// <summary>How many pairs of index and field are kept.</summary>
    public const int Most = 100;

    /// <summary>How many senders of each.</summary>
    public const int MostSenders = 5;

    // Names are a sender's: a path or a pod's name can be as long as an event.
    private const int LongestName = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Index, string Field), Entry> _entries = [];

    /// <summary>The latest first.</summary>
    public IReadOnlyList<FieldConflictReport> Current
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _entries
                        .OrderByDescending(entry => entry.Value.Last)
                        .Select(entry => new FieldConflictReport(
                            entry.Key.Index, entry.Key.Field, entry.Value.MappedAs, entry.Value.Reason, entry.Value.Count, entry.Value.First, entry.Value.Last,
                            [.. entry.Value.Senders.Select(sender => new FieldConflictSender(sender.Name, sender.Value))])),
                ];
            }
        }
    }

    /// <summary>Fields that never fit an index by their shape: a value where it has an object, or an object where it has values.</summary>
    /// <returns>Each path with whether objects are what does not fit there.</returns>
    public IReadOnlySet<(string Path, bool IsObject)> KnownOf(string index)
    {
        lock (_lock)
        {
            return _entries
                .Where(entry => entry.Key.Index == index && entry.Value.IsOfShape)
                .Select(entry => (entry.Key.Field, entry.Value.MappedAs != "object"))
                .ToHashSet();
        }
    }

    /// <summary>Fields were moved because one of them conflicts.</summary>
    public void Add(string index, FieldConflict conflict, IReadOnlyList<MovedField> moved, string sender)
    {
        lock (_lock)
        {
            foreach (var field in moved)
                Add(index, conflict, field, Short(sender));
        }
    }

    private void Add(string index, FieldConflict conflict, MovedField moved, string sender)
    {
        var key = (index, Short(moved.Path));
        if (!_entries.TryGetValue(key, out var entry))
        {
            if (_entries.Count == Most)
                _entries.Remove(_entries.MinBy(other => other.Value.Last).Key);
            _entries[key] = entry = new Entry { First = time.GetUtcNow() };
        }

        entry.Count++;
        entry.Last = time.GetUtcNow();
        if (moved.Path == conflict.Path || conflict.Path.Length == 0)
        {
            entry.MappedAs = conflict.MappedAs;
            entry.Reason = conflict.Kind;
            entry.IsOfShape = conflict.MappedAs.Length > 0 && moved.Path == key.Item2
                && (conflict.MappedAs == "object" ? moved.Value is not (JsonValueKind.Object or JsonValueKind.Array) : moved.Value == JsonValueKind.Object);
        }

        var seen = (sender, NameOf(moved.Value));
        if (entry.Senders.Count < MostSenders && !entry.Senders.Contains(seen))
            entry.Senders.Add(seen);
    }

    private static string Short(string name) => name.Length <= LongestName ? name : name[..LongestName] + "…";

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True => "boolean",
        _ => "null",
    };

    private sealed class Entry
    {
        public long Count { get; set; }

        public DateTimeOffset First { get; init; }

        public DateTimeOffset Last { get; set; }

        public string MappedAs { get; set; } = "";

        public ConflictKind Reason { get; set; }

        public bool IsOfShape { get; set; }

        public List<(string Name, string Value)> Senders { get; } = [];
    }
}
