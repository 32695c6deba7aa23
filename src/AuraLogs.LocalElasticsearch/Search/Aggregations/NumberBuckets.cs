using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary>The documents of each bucket of a numeric field, by index.</summary>
internal sealed class NumberBuckets(IReadOnlyList<Match> matches)
{
    private readonly SortedDictionary<double, List<int>?[]> _docs = [];

    public IEnumerable<double> Keys => _docs.Keys;

    public int Count => _docs.Count;

    public void Add(double key, int match, int doc)
    {
        if (!_docs.TryGetValue(key, out List<int>?[]? lists))
            _docs[key] = lists = new List<int>?[matches.Count];
        List<int> docs = lists[match] ??= [];
        if (docs.Count == 0 || docs[^1] != doc)
            docs.Add(doc);
    }

    public long CountOf(double key) => _docs.TryGetValue(key, out List<int>?[]? lists) ? lists.Sum(list => (long)(list?.Count ?? 0)) : 0;

    public IReadOnlyList<Match> MatchesOf(double key)
    {
        List<Match> kept = [];
        if (!_docs.TryGetValue(key, out List<int>?[]? lists))
            return kept;
        for (int i = 0; i < lists.Length; i++)
        {
            if (lists[i] is not { } docs)
                continue;
            DocSet set = new(docs[^1] + 1);
            foreach (int doc in docs)
                set.Add(doc);
            kept.Add(matches[i] with { Docs = set });
        }

        return kept;
    }
}
