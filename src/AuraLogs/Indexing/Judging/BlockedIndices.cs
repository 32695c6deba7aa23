using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.Sending;

namespace AuraLogs.Indexing.Judging;

/// <summary>Says for people which indices take no documents, and why.</summary>
internal static class BlockedIndices
{
    /// <summary>Items that are looked at: those behind them are hardly for other indices.</summary>
    private const int MostItems = 1000;

    // The block's number: RestStatus/id/description (org.elasticsearch.cluster.metadata.IndexMetadata).
    private const string ReadOnlyAllowDelete = "/12/";

    /// <summary>A sentence for each index and cause. The reason is quoted of a block only: others may hold log contents.</summary>
    /// <param name="request">The request that was refused in part.</param>
    /// <param name="refused">The items that wait.</param>
    /// <param name="areLate">Whether the items for an index that is blocked so would go to another one.</param>
    public static IReadOnlyList<string> Describe(
        BulkRequest request, IEnumerable<(int Item, ElasticsearchError Error)> refused, Func<string, ElasticsearchError, bool> areLate) =>
    [
        .. refused
            .Take(MostItems)
            .Select(item => Describe(request.IndexOf(item.Item), item.Error, areLate))
            .Distinct(StringComparer.Ordinal),
    ];

    private static string Describe(string index, ElasticsearchError error, Func<string, ElasticsearchError, bool> areLate) =>
        $"The index {index} takes no documents ({error.Type}{BlockOf(error)}). They wait, and hold up the queue's space, until it does."
        + (areLate(index, error) ? " " + CanNotBeLookedUp : "");

    /// <summary>Added where our own policy is the reason, and the documents could go elsewhere.</summary>
    private const string CanNotBeLookedUp =
        "AuraLogs' own policy (WarmAfterDays) has made it read-only; before its late events go to another index they are looked up there, which fails at the moment: the user needs the privilege read.";

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
