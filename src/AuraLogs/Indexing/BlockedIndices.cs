using AuraLogs.Elasticsearch;

namespace AuraLogs.Indexing;

/// <summary>Says for people which indices take no documents, and why.</summary>
internal static class BlockedIndices
{
    /// <summary>Items that are looked at: those behind them are hardly for other indices.</summary>
    private const int MostItems = 1000;

    // The block's number: RestStatus/id/description (org.elasticsearch.cluster.metadata.IndexMetadata).
    private const string ReadOnlyAllowDelete = "/12/";

    /// <summary>A sentence for each index and cause. The reason is quoted of a block only: others may hold log contents.</summary>
    public static IReadOnlyList<string> Describe(BulkRequest request, IEnumerable<(int Item, ElasticsearchError Error)> refused) =>
    [
        .. refused
            .Take(MostItems)
            .Select(item => Describe(request.IndexOf(item.Item), item.Error))
            .Distinct(StringComparer.Ordinal),
    ];

    private static string Describe(string index, ElasticsearchError error) =>
        $"The index {index} takes no documents ({error.Type}{BlockOf(error)}). They wait, and hold up the queue's space, until it does.";

    private static string BlockOf(ElasticsearchError error)
    {
        if (!error.IsBlock)
            return "";
        var begin = error.Reason.IndexOf("blocked by:", StringComparison.Ordinal);
        var block = begin < 0 ? "" : ": " + error.Reason[begin..].TrimEnd(';');
        return error.Reason.Contains(ReadOnlyAllowDelete, StringComparison.Ordinal)
            ? $"{block}; a disk of the cluster is nearly full: free space, and where the block stays, set index.blocks.read_only_allow_delete to null"
            : block;
    }
}
