using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>
/// What each matching term adds to a document's score: BM25's inverse document frequency, with a term frequency of one
/// and documents of average length, for which the rest of the formula is 1.
/// </summary>
internal sealed class ScoreBoard
{
    private readonly List<(DocSet Docs, double Weight)> _entries = [];

    public void AddTerm(DocSet docs, int total, double boost)
    {
        int count = docs.Count;
        Add(docs, boost * Math.Log(1 + ((total - count + 0.5) / (count + 0.5))));
    }

    public void Add(DocSet docs, double weight) => _entries.Add((docs, weight));

    public float ScoreOf(int doc)
    {
        double score = 0;
        foreach ((DocSet docs, double weight) in _entries)
            if (docs.Contains(doc))
                score += weight;
        return (float)score;
    }
}
