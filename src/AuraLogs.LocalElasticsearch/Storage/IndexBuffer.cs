using System.Runtime.InteropServices;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>
/// Terms and numbers of the newest documents, in memory until a flush: many small writes become few long blocks.
/// It holds nothing that the documents themselves don't, so a crash only means indexing them again at the next start.
/// </summary>
internal sealed class IndexBuffer
{
    private readonly Dictionary<byte[], IntList> _postings = new(TermComparer.Instance);
    private readonly Dictionary<int, (List<int> Docs, List<long> Values)> _columns = [];

    public int Documents { get; private set; }

    public int Terms => _postings.Count;

    public void Add(int doc, ParsedDocument document)
    {
        Dictionary<byte[], IntList>.AlternateLookup<ReadOnlySpan<byte>> lookup = _postings.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int i = 0; i < document.TermCount; i++)
        {
            ref IntList docs = ref CollectionsMarshal.GetValueRefOrAddDefault(lookup, document.TermAt(i), out _);
            if (docs.Count == 0 || docs.Last != doc)
                docs.Add(doc);
        }

        foreach ((int field, long value) in document.Numbers)
        {
            if (!_columns.TryGetValue(field, out (List<int> Docs, List<long> Values) column))
                _columns[field] = column = ([], []);
            column.Docs.Add(doc);
            column.Values.Add(value);
        }

        Documents++;
    }

    /// <summary>Adds a term's documents to a set.</summary>
    public void AddTo(DocSet set, byte[] term)
    {
        if (_postings.TryGetValue(term, out IntList docs))
            foreach (int doc in docs.Items)
                set.Add(doc);
    }

    /// <summary>The terms from <paramref name="from"/> to before <paramref name="to"/>, in no order.</summary>
    public IEnumerable<KeyValuePair<byte[], IntList>> Between(byte[] from, byte[] to) =>
        _postings.Where(entry => entry.Key.AsSpan().SequenceCompareTo(from) >= 0 && entry.Key.AsSpan().SequenceCompareTo(to) < 0);

    public IEnumerable<KeyValuePair<byte[], IntList>> InOrder() =>
        _postings.OrderBy(entry => entry.Key, Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)));

    public IEnumerable<(int Field, List<int> Docs, List<long> Values)> Columns() =>
        _columns.Select(column => (column.Key, column.Value.Docs, column.Value.Values));

    public bool TryGetColumn(int field, out (List<int> Docs, List<long> Values) column) => _columns.TryGetValue(field, out column);

    public void Clear()
    {
        _postings.Clear();
        _columns.Clear();
        Documents = 0;
    }
}
