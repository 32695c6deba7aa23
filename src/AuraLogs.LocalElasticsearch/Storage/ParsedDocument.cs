using System.Runtime.InteropServices;
using System.Text;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>What a document brings to the index: its terms and its numbers. Reused from document to document.</summary>
internal sealed class ParsedDocument
{
    private byte[] _scratch = new byte[1024];

    /// <summary>The buffer that knows the terms.</summary>
    public IndexBuffer Buffer { get; private set; } = new();

    /// <summary>The terms by their numbers in <see cref="Buffer"/>; one may be there twice.</summary>
    public List<int> Terms { get; } = [];

    public List<(int Field, long Value)> Numbers { get; } = [];

    public void Begin(IndexBuffer buffer)
    {
        Buffer = buffer;
        Terms.Clear();
        Numbers.Clear();
    }

    public void AddTerm(int field, byte kind) => AddTerm(field, kind, []);

    public void AddTerm(int field, byte kind, ReadOnlySpan<char> value)
    {
        int most = Term.PrefixLength + Encoding.UTF8.GetMaxByteCount(value.Length);
        if (_scratch.Length < most)
            _scratch = new byte[most * 2];
        Term.WritePrefix(_scratch, field, kind);
        int length = Term.PrefixLength + Encoding.UTF8.GetBytes(value, _scratch.AsSpan(Term.PrefixLength));
        Terms.Add(Buffer.Intern(_scratch.AsSpan(0, length)));
    }

    /// <summary>A number makes its field exist; equal documents sort by their numbers' order.</summary>
    public void AddNumber(int field, long value)
    {
        Numbers.Add((field, value));
        AddTerm(field, Term.Exists);
    }

    /// <summary>Adds what a value brought when it was there before.</summary>
    public void AddAll(ReadOnlySpan<int> terms, ReadOnlySpan<(int Field, long Value)> numbers)
    {
        Terms.AddRange(terms);
        Numbers.AddRange(numbers);
    }

    public (int[] Terms, (int Field, long Value)[] Numbers) Since(int terms, int numbers) =>
        (CollectionsMarshal.AsSpan(Terms)[terms..].ToArray(), CollectionsMarshal.AsSpan(Numbers)[numbers..].ToArray());
}
