using System.Diagnostics;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;

namespace AuraLogs.LocalElasticsearch.Cluster;

/// <summary>The node's statistics, as far as the process knows them.</summary>
internal static class NodeStats
{
    public static JsonObject Of(NodeInfo node, IReadOnlyList<LocalIndex> indices, string path, TimeProvider time)
    {
        using Process process = Process.GetCurrentProcess();
        DriveInfo disk = new(Path.GetFullPath(path));
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        return new JsonObject
        {
            ["timestamp"] = time.GetUtcNow().ToUnixTimeMilliseconds(),
            ["name"] = node.Name,
            ["transport_address"] = node.Address.Authority,
            ["host"] = node.Address.Host,
            ["ip"] = node.Address.Authority,
            ["roles"] = new JsonArray("data", "ingest", "master"),
            ["indices"] = IndexStats.Of(indices, null)["_all"]!["primaries"]!.DeepClone(),
            ["process"] = new JsonObject
            {
                ["timestamp"] = time.GetUtcNow().ToUnixTimeMilliseconds(),
                ["cpu"] = new JsonObject { ["total_in_millis"] = (long)process.TotalProcessorTime.TotalMilliseconds },
                ["mem"] = new JsonObject { ["total_virtual_in_bytes"] = process.VirtualMemorySize64 },
            },
            ["jvm"] = new JsonObject
            {
                ["timestamp"] = time.GetUtcNow().ToUnixTimeMilliseconds(),
                ["uptime_in_millis"] = (long)(time.GetUtcNow() - node.Started).TotalMilliseconds,
                ["mem"] = new JsonObject
                {
                    ["heap_used_in_bytes"] = memory.HeapSizeBytes,
                    ["heap_committed_in_bytes"] = memory.TotalCommittedBytes,
                    ["heap_max_in_bytes"] = memory.TotalAvailableMemoryBytes,
                },
            },
            ["fs"] = new JsonObject
            {
                ["timestamp"] = time.GetUtcNow().ToUnixTimeMilliseconds(),
                ["total"] = new JsonObject
                {
                    ["total_in_bytes"] = disk.TotalSize,
                    ["free_in_bytes"] = disk.TotalFreeSpace,
                    ["available_in_bytes"] = disk.AvailableFreeSpace,
                },
                ["data"] = new JsonArray(new JsonObject
                {
                    ["path"] = Path.GetFullPath(path),
                    ["mount"] = disk.Name,
                    ["type"] = disk.DriveFormat,
                    ["total_in_bytes"] = disk.TotalSize,
                    ["free_in_bytes"] = disk.TotalFreeSpace,
                    ["available_in_bytes"] = disk.AvailableFreeSpace,
                }),
            },
        };
    }
}
