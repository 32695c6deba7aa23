using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>The answer of <c>_stats</c>: documents and disk use, the numbers that this server has.</summary>
internal static class IndexStats
{
    public static JsonObject Of(IReadOnlyList<LocalIndex> indices, string? metric)
    {
        List<string> metrics = metric is null or "_all" ? ["docs", "store"] : Json.Strings(metric);
        long count = 0, deleted = 0, size = 0;
        JsonObject byIndex = [];
        foreach (LocalIndex index in indices)
        {
            lock (index.Shard.Gate)
            {
                if (index.IsDeleted)
                    continue;
                (count, deleted, size) = (count + index.Shard.Count, deleted + index.Shard.Deleted, size + index.Shard.SizeInBytes);
                byIndex[index.Name] = Both(metrics, index.Uuid, index.Shard.Count, index.Shard.Deleted, index.Shard.SizeInBytes);
            }
        }

        return new JsonObject
        {
            ["_shards"] = new JsonObject { ["total"] = indices.Sum(index => 1 + index.Settings.Replicas), ["successful"] = indices.Count, ["failed"] = 0 },
            ["_all"] = Both(metrics, null, count, deleted, size),
            ["indices"] = byIndex,
        };
    }

    private static JsonObject Both(List<string> metrics, string? uuid, long count, long deleted, long size)
    {
        JsonObject both = [];
        if (uuid is not null)
            both["uuid"] = uuid;
        both["primaries"] = Numbers(metrics, count, deleted, size);
        both["total"] = Numbers(metrics, count, deleted, size);
        return both;
    }

    private static JsonObject Numbers(List<string> metrics, long count, long deleted, long size)
    {
        JsonObject numbers = [];
        if (metrics.Contains("docs"))
            numbers["docs"] = new JsonObject { ["count"] = count, ["deleted"] = deleted };
        if (metrics.Contains("store"))
            numbers["store"] = new JsonObject { ["size_in_bytes"] = size };
        return numbers;
    }
}
