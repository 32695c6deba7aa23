using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>The settings <c>index.blocks.*</c> at work.</summary>
internal static class IndexBlocks
{
    public static void CheckWrite(LocalIndex index, ElasticsearchVersion version)
    {
        Check(index, "read_only", "5/index read-only (api)");
        Check(index, "write", "8/index write (api)");
        if (index.Settings.Flag("index.blocks.read_only_allow_delete"))
            throw ReadOnlyAllowDelete(version, index.Name);
    }

    public static void CheckRead(LocalIndex index) => Check(index, "read", "7/index read (api)");

    public static void CheckMetadata(LocalIndex index)
    {
        Check(index, "read_only", "5/index read-only (api)");
        Check(index, "metadata", "9/index metadata (api)");
    }

    public static ElasticsearchException ClusterReadOnly() =>
        new(403, "cluster_block_exception", "blocked by: [FORBIDDEN/6/cluster read-only (api)];");

    /// <summary>What the real one answers when a disk is nearly full, here when it is; nothing is set, so room is enough to go on.</summary>
    public static ElasticsearchException DiskFull(ElasticsearchVersion version, string? index) => ReadOnlyAllowDelete(version, index);

    private static ElasticsearchException ReadOnlyAllowDelete(ElasticsearchVersion version, string? index)
    {
        string where = index is null ? "" : $"index [{index}] ";
        return version.HasRetryableDiskBlock
            ? new ElasticsearchException(429, "cluster_block_exception", $"{where}blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];")
            : new ElasticsearchException(403, "cluster_block_exception", $"{where}blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];");
    }

    private static void Check(LocalIndex index, string block, string description)
    {
        if (index.Settings.Flag("index.blocks." + block))
            throw new ElasticsearchException(403, "cluster_block_exception", $"index [{index.Name}] blocked by: [FORBIDDEN/{description}];");
    }
}
