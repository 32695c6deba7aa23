using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>The settings <c>index.blocks.*</c> at work.</summary>
internal static class IndexBlocks
{
    public static void CheckWrite(LocalIndex index)
    {
        Check(index, "read_only", "5/index read-only (api)");
        Check(index, "write", "8/index write (api)");
        Check(index, "read_only_allow_delete", "12/index read-only / allow delete (api)");
    }

    public static void CheckRead(LocalIndex index) => Check(index, "read", "7/index read (api)");

    public static void CheckMetadata(LocalIndex index)
    {
        Check(index, "read_only", "5/index read-only (api)");
        Check(index, "metadata", "9/index metadata (api)");
    }

    public static ElasticsearchException ClusterReadOnly() =>
        new(403, "cluster_block_exception", "blocked by: [FORBIDDEN/6/cluster read-only (api)];");

    private static void Check(LocalIndex index, string block, string description)
    {
        if (index.Settings.Flag("index.blocks." + block))
            throw new ElasticsearchException(403, "cluster_block_exception", $"index [{index.Name}] blocked by: [FORBIDDEN/{description}];");
    }
}
