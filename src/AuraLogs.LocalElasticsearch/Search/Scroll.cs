using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>A search whose hits are handed out page by page.</summary>
internal sealed class Scroll(SearchRequest request, SearchResult result, SearchBudget budget) : OpenContext
{
    public SearchRequest Request { get; } = request;

    public SearchResult Result { get; } = result;

    /// <summary>What its hits take, given back when it is closed.</summary>
    public SearchBudget Budget { get; } = budget;

    /// <summary>How many hits have been handed out.</summary>
    public int Position { get; set; }
}
