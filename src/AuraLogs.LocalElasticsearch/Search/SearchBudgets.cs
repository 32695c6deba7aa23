using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>Gives each search its budget.</summary>
internal sealed class SearchBudgets(LocalElasticsearchOptions options, TimeProvider time)
{
    private readonly RequestMemory _all = new("search", options.MaxSearchBytes);

    /// <summary>What all searches hold now.</summary>
    public long Taken => _all.Taken;

    public SearchBudget Start(CancellationToken cancel) => new(_all, options.MaxSearchBytes / 2, options.SearchTimeout, time, cancel);
}
