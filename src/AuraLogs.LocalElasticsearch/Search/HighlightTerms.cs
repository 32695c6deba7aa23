using AuraLogs.LocalElasticsearch.Indices;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>The words a query looks for, by field pattern.</summary>
internal sealed class HighlightTerms
{
    private readonly List<(string Field, Func<string, bool> Matches)> _terms = [];

    public void Add(string field, Func<string, bool> matches) => _terms.Add((field, matches));

    /// <summary>Whether a word of a field is looked for.</summary>
    public bool Matches(string field, string word, bool anyField) =>
        _terms.Exists(term => (anyField || Wildcard.IsMatch(term.Field, field)) && term.Matches(word));
}
