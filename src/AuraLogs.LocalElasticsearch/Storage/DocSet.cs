using System.Numerics;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>A set of a shard's document numbers, one bit each: 125 KB a million documents.</summary>
internal sealed class DocSet
{
    private ulong[] _words;

    public DocSet(int capacity) => _words = new ulong[(capacity + 63) >> 6];

    private DocSet(ulong[] words) => _words = words;

    public int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in _words)
                count += BitOperations.PopCount(word);
            return count;
        }
    }

    /// <summary>All numbers below <paramref name="count"/>.</summary>
    public static DocSet All(int count)
    {
        DocSet set = new(count);
        Array.Fill(set._words, ulong.MaxValue);
        if ((count & 63) != 0)
            set._words[^1] = (1UL << (count & 63)) - 1;
        return set;
    }

    public DocSet Clone() => new((ulong[])_words.Clone());

    public bool Contains(int doc) => doc >> 6 < _words.Length && (_words[doc >> 6] & (1UL << (doc & 63))) != 0;

    public void Add(int doc)
    {
        int word = doc >> 6;
        if (word >= _words.Length)
            Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        _words[word] |= 1UL << (doc & 63);
    }

    public void Remove(int doc)
    {
        if (doc >> 6 < _words.Length)
            _words[doc >> 6] &= ~(1UL << (doc & 63));
    }

    public void IntersectWith(DocSet other)
    {
        for (int i = 0; i < _words.Length; i++)
            _words[i] &= i < other._words.Length ? other._words[i] : 0;
    }

    /// <summary>How many members both have.</summary>
    public int CountIn(DocSet other)
    {
        int count = 0;
        for (int i = Math.Min(_words.Length, other._words.Length) - 1; i >= 0; i--)
            count += BitOperations.PopCount(_words[i] & other._words[i]);
        return count;
    }

    public void UnionWith(DocSet other)
    {
        if (other._words.Length > _words.Length)
            Array.Resize(ref _words, other._words.Length);
        for (int i = 0; i < other._words.Length; i++)
            _words[i] |= other._words[i];
    }

    public void ExceptWith(DocSet other)
    {
        for (int i = Math.Min(_words.Length, other._words.Length) - 1; i >= 0; i--)
            _words[i] &= ~other._words[i];
    }

    /// <summary>The members in ascending order.</summary>
    public IEnumerable<int> Members()
    {
        for (int i = 0; i < _words.Length; i++)
            for (ulong word = _words[i]; word != 0; word &= word - 1)
                yield return (i << 6) + BitOperations.TrailingZeroCount(word);
    }
}
