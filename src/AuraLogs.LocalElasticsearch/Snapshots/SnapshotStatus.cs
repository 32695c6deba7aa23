using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>A snapshot in the answer of <c>_status</c>: how many blocks ("files") and bytes it has and how many were new.</summary>
internal static class SnapshotStatus
{
    public static JsonObject Of(string repository, JsonObject info, JsonObject manifest)
    {
        string state = Json.Scalar(info["state"]) ?? "STARTED";
        long start = info["start_time_in_millis"]?.GetValue<long>() ?? 0;
        long duration = info["duration_in_millis"]?.GetValue<long>() ?? 0;
        bool isDone = state is not ("STARTED" or "IN_PROGRESS");
        JsonObject indices = [];
        (long newFiles, long newBytes, long files, long bytes) = (0, 0, 0, 0);
        foreach ((string name, JsonNode? entry) in manifest)
        {
            (long, long, long, long) own = (Number(entry!["new_blocks"]), Number(entry["new_bytes"]), Json.Strings(entry["blocks"]).Count,
                Number(entry["size"]));
            (newFiles, newBytes, files, bytes) = (newFiles + own.Item1, newBytes + own.Item2, files + own.Item3, bytes + own.Item4);
            JsonObject stats = Stats(own, start, duration);
            indices[name] = new JsonObject
            {
                ["shards_stats"] = Shards(1, 0, isDone),
                ["stats"] = stats,
                ["shards"] = new JsonObject { ["0"] = new JsonObject { ["stage"] = isDone ? "DONE" : "STARTED", ["stats"] = stats.DeepClone() } },
            };
        }

        int failed = (int)Number(info["shards"]?["failed"]);
        return new JsonObject
        {
            ["snapshot"] = info["snapshot"]?.DeepClone(),
            ["repository"] = repository,
            ["uuid"] = info["uuid"]?.DeepClone(),
            ["state"] = isDone ? state : "STARTED",
            ["include_global_state"] = info["include_global_state"]?.DeepClone(),
            ["shards_stats"] = Shards(isDone ? manifest.Count : ((JsonArray)info["indices"]!).Count, failed, isDone),
            ["stats"] = Stats((newFiles, newBytes, files, bytes), start, duration),
            ["indices"] = indices,
        };
    }

    private static JsonObject Shards(int count, int failed, bool isDone) => new()
    {
        ["initializing"] = 0,
        ["started"] = isDone ? 0 : count,
        ["finalizing"] = 0,
        ["done"] = isDone ? count : 0,
        ["failed"] = failed,
        ["total"] = count + failed,
    };

    private static JsonObject Stats((long NewFiles, long NewBytes, long Files, long Bytes) numbers, long start, long duration) => new()
    {
        ["incremental"] = new JsonObject { ["file_count"] = numbers.NewFiles, ["size_in_bytes"] = numbers.NewBytes },
        ["total"] = new JsonObject { ["file_count"] = numbers.Files, ["size_in_bytes"] = numbers.Bytes },
        ["start_time_in_millis"] = start,
        ["time_in_millis"] = duration,
    };

    private static long Number(JsonNode? node) => node?.GetValue<long>() ?? 0;
}
