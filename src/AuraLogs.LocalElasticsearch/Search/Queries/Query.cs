using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary>A condition on documents.</summary>
internal abstract class Query
{
    public double Boost { get; init; } = 1;

    /// <summary>
    /// The documents that meet it; deleted ones may be among them, since the search intersects with the living in the end.
    /// The set belongs to the caller.
    /// </summary>
    /// <param name="context">The index to look in.</param>
    /// <param name="scores">Where to note what adds to the score; null where nothing counts, as in a filter.</param>
    public abstract DocSet Match(SearchContext context, ScoreBoard? scores);

    /// <summary>Tells what to mark in a highlighted field.</summary>
    public virtual void Highlight(HighlightTerms terms)
    {
    }
}
