using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>Texts can be searched, not sorted or aggregated.</summary>
internal static class Fielddata
{
    public static ElasticsearchException IsDisabled(string field) => Errors.IllegalArgument(
        $"Fielddata is disabled on text fields by default. Set fielddata=true on [{field}] in order to load fielddata in memory by uninverting "
        + "the inverted index. Note that this can however use significant memory. Alternatively use a keyword field instead.");
}
