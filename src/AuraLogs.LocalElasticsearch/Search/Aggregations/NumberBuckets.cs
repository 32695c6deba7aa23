using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary>The buckets of a numeric field: how many documents each has, and which, by index, when somebody will ask.</summary>
internal sealed class NumberBuckets(IReadOnlyList<Match> matches, bool keepsDocs)
{
    private readonly SortedDictionary<double, Bucket> _buckets = [];
    private Bucket? _last;

    public IEnumerable<double> Keys => _buckets.Keys;

    public int Count => _buckets.Count;

    public void Add(double key, int match, int doc)
    {
        // Neighbours mostly fall into the same bucket.
        Bucket? bucket = _last;
        if (bucket?.Key != key && !_buckets.TryGetValue(key, out bucket))
            _buckets[key] = bucket = new Bucket(key, keepsDocs ? new List<int>?[matches.Count] : []);
        _last = bucket;
        if (bucket!.LastMatch == match && bucket.LastDoc == doc)
            return;
        bucket.Count++;
        (bucket.LastMatch, bucket.LastDoc) = (match, doc);
        if (keepsDocs)
            (bucket.Docs[match] ??= []).Add(doc);
    }

    public long CountOf(double key) => _buckets.TryGetValue(key, out Bucket? bucket) ? bucket.Count : 0;

    public IReadOnlyList<Match> MatchesOf(double key)
    {
        List<Match> kept = [];
        if (!_buckets.TryGetValue(key, out Bucket? bucket))
            return kept;
        for (int i = 0; i < bucket.Docs.Length; i++)
        {
            if (bucket.Docs[i] is not { } docs)
                continue;
            DocSet set = new(docs[^1] + 1);
            foreach (int doc in docs)
                set.Add(doc);
            kept.Add(matches[i] with { Docs = set });
        }

        return kept;
    }

    private sealed class Bucket(double key, List<int>?[] docs)
    {
        public double Key { get; } = key;

        public List<int>?[] Docs { get; } = docs;

        public long Count { get; set; }

        public int LastMatch { get; set; } = -1;

        public int LastDoc { get; set; }
    }
}
