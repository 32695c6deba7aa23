using System.Text;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>What a document brings to the index: its terms and its numbers. Reused from document to document.</summary>
internal sealed class ParsedDocument
{
    private readonly List<(int Start, int Length)> _terms = [];
    private byte[] _bytes = new byte[4096];
    private int _used;

    public List<(int Field, long Value)> Numbers { get; } = [];

    public int TermCount => _terms.Count;

    public ReadOnlySpan<byte> TermAt(int index) => _bytes.AsSpan(_terms[index].Start, _terms[index].Length);

    public void Clear()
    {
        _terms.Clear();
        Numbers.Clear();
        _used = 0;
    }

    public void AddTerm(int field, byte kind) => AddTerm(field, kind, []);

    public void AddTerm(int field, byte kind, ReadOnlySpan<char> value)
    {
        Reserve(Term.PrefixLength + Encoding.UTF8.GetMaxByteCount(value.Length));
        Span<byte> to = _bytes.AsSpan(_used);
        Term.WritePrefix(to, field, kind);
        int length = Term.PrefixLength + Encoding.UTF8.GetBytes(value, to[Term.PrefixLength..]);
        _terms.Add((_used, length));
        _used += length;
    }

    /// <summary>A number makes its field exist; equal documents sort by their numbers' order.</summary>
    public void AddNumber(int field, long value)
    {
        Numbers.Add((field, value));
        AddTerm(field, Term.Exists);
    }

    private void Reserve(int length)
    {
        if (_used + length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + length));
    }
}
