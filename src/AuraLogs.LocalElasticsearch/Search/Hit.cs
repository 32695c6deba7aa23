namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>A document that was found, with what it is ordered by.</summary>
internal sealed record Hit(SearchContext Context, int Doc, SortValue[] Sort, float Score);
