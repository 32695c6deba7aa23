using System.IO.Hashing;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Documents;

/// <summary>
/// What values that come again and again bring to the index, by their JSON: a container's Kubernetes metadata is the same in each
/// of its lines, and need not be read, mapped and cut into words each time. It knows the newest buffer's terms only, and gives up
/// where values rarely repeat, until the next buffer.
/// </summary>
internal sealed class RepeatedValues
{
    private const int MaxEntries = 1024;
    private const int MaxBytes = 8192;

    /// <summary>So many values are looked at before it may give up.</summary>
    private const int Trial = 256;

    private readonly Dictionary<ulong, Entry> _entries = [];
    private IndexBuffer? _buffer;
    private int _known;
    private int _new;

    /// <summary>Whether to look a value up at all.</summary>
    public bool IsOfUse(IndexBuffer buffer)
    {
        if (buffer != _buffer)
        {
            _entries.Clear();
            (_buffer, _known, _new) = (buffer, 0, 0);
        }

        return _new < Trial || _known > _new;
    }

    /// <summary>Adds what the value brings, when it has been seen.</summary>
    public bool TryAdd(ReadOnlySpan<byte> json, ParsedDocument to)
    {
        if (!_entries.TryGetValue(XxHash3.HashToUInt64(json), out Entry? entry) || !json.SequenceEqual(entry.Json))
        {
            _new++;
            return false;
        }

        _known++;
        to.AddAll(entry.Terms, entry.Numbers);
        return true;
    }

    /// <summary>Remembers what the value brought: all that the document has gained since it had so many terms and numbers.</summary>
    public void Remember(ReadOnlySpan<byte> json, ParsedDocument document, int terms, int numbers)
    {
        if (json.Length > MaxBytes)
            return;
        if (_entries.Count == MaxEntries)
            _entries.Clear();
        (int[] Terms, (int, long)[] Numbers) brought = document.Since(terms, numbers);
        _entries[XxHash3.HashToUInt64(json)] = new Entry(json.ToArray(), brought.Terms, brought.Numbers);
    }

    private sealed record Entry(byte[] Json, int[] Terms, (int Field, long Value)[] Numbers);
}
