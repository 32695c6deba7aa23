namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>A search whose hits are handed out page by page.</summary>
internal sealed class Scroll(SearchRequest request, SearchResult result) : OpenContext
{
    public SearchRequest Request { get; } = request;

    public SearchResult Result { get; } = result;

    /// <summary>How many hits have been handed out.</summary>
    public int Position { get; set; }
}
