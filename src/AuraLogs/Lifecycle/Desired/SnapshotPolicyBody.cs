using System.Text.Json.Nodes;

namespace AuraLogs.Lifecycle.Desired;

/// <summary>
/// The SLM policy. A snapshot of all of our indices a day, each of which shares its unchanged segments with the one before;
/// <c>partial</c> stays off, so that a red index makes the run a failure that is seen
/// (https://www.elastic.co/guide/en/elasticsearch/reference/current/slm-api-put-policy.html).
/// </summary>
internal static class SnapshotPolicyBody
{
    public static JsonObject Create(LifecycleOptions options, LifecycleNames names, ClusterFeatures features)
    {
        var policy = new JsonObject
        {
            ["schedule"] = options.SnapshotSchedule,
            ["name"] = names.SnapshotName,
            ["repository"] = options.Repository.Name,
            ["config"] = new JsonObject
            {
                ["indices"] = new JsonArray(names.IndexPattern),
                ["ignore_unavailable"] = false,
                ["include_global_state"] = false,
                ["metadata"] = Marks.Meta(),
            },
        };
        if (features.SnapshotExpiry)
        {
            policy["retention"] = new JsonObject
            {
                ["expire_after"] = $"{options.SnapshotRetentionDays}d",
                ["min_count"] = options.SnapshotMinCount,
                ["max_count"] = options.EffectiveSnapshotMaxCount,
            };
        }

        return policy;
    }
}
