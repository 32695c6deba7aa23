using System.Runtime.InteropServices;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>
/// Terms and numbers of the newest documents, in memory until a flush makes a segment of them: many small writes become few long
/// blocks. It holds nothing that the documents themselves don't, so a crash only means indexing them again at the next start.
/// One writer, which looks terms up without the lock and changes things under it; readers are under it always. After its flush
/// it changes no more, and the searches that began before go on with it.
/// </summary>
internal sealed class IndexBuffer
{
    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], int> _ordinals = new(TermComparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly Dictionary<int, (List<int> Docs, List<long> Values)> _columns = [];
    private byte[][] _terms = new byte[1024][];
    private IntList[] _docs = new IntList[1024];

    public IndexBuffer() => _lookup = _ordinals.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Documents { get; private set; }

    public int First { get; private set; }

    public int Last { get; private set; }

    public int Terms => _ordinals.Count;

    /// <summary>The term's number in this buffer.</summary>
    public int Intern(ReadOnlySpan<byte> term)
    {
        if (_lookup.TryGetValue(term, out int ordinal))
            return ordinal;
        lock (_gate)
        {
            ordinal = _ordinals.Count;
            if (ordinal == _terms.Length)
            {
                Array.Resize(ref _terms, ordinal * 2);
                Array.Resize(ref _docs, ordinal * 2);
            }

            byte[] bytes = term.ToArray();
            _terms[ordinal] = bytes;
            _ordinals.Add(bytes, ordinal);
        }

        return ordinal;
    }

    public void Add(int doc, ParsedDocument document)
    {
        lock (_gate)
        {
            foreach (int term in CollectionsMarshal.AsSpan(document.Terms))
            {
                ref IntList docs = ref _docs[term];
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

            if (Documents++ == 0)
                First = doc;
            Last = doc;
        }
    }

    /// <summary>Adds a term's documents to a set.</summary>
    public void AddTo(DocSet set, byte[] term)
    {
        lock (_gate)
            if (_ordinals.TryGetValue(term, out int ordinal))
                foreach (int doc in _docs[ordinal].Items)
                    set.Add(doc);
    }

    /// <summary>Visits the terms from <paramref name="from"/> to before <paramref name="to"/>, in no order.</summary>
    public void VisitTerms(byte[] from, byte[] to, PostingsVisitor visit)
    {
        lock (_gate)
            for (int i = 0; i < _ordinals.Count; i++)
                if (_docs[i].Count > 0 && _terms[i].AsSpan().SequenceCompareTo(from) >= 0 && _terms[i].AsSpan().SequenceCompareTo(to) < 0)
                    visit(_terms[i], new PostingsBlock(_docs[i].Items[0], PostingsBlock.Encode(_docs[i].Items)));
    }

    public void VisitColumn(int field, ColumnVisitor visit)
    {
        lock (_gate)
            if (_columns.TryGetValue(field, out (List<int> Docs, List<long> Values) column))
                visit(new ColumnBlock { Docs = CollectionsMarshal.AsSpan(column.Docs), Values = CollectionsMarshal.AsSpan(column.Values) });
    }

    /// <summary>Hands all terms that documents have to the writer of a segment, in their order.</summary>
    public void WriteTerms(TermBlockWriter to)
    {
        byte[][] terms = _terms[.._ordinals.Count];
        int[] ordinals = [.. Enumerable.Range(0, terms.Length)];
        Array.Sort(terms, ordinals, TermComparer.Instance);
        for (int i = 0; i < terms.Length; i++)
            if (_docs[ordinals[i]].Count > 0)
                to.Add(terms[i], _docs[ordinals[i]].Items);
        to.Flush();
    }

    public IEnumerable<(int Field, List<int> Docs, List<long> Values)> Columns() =>
        _columns.Select(column => (column.Key, column.Value.Docs, column.Value.Values));
}
