using System.Text.Json.Nodes;

namespace AuraLogs.Lifecycle.Desired;

/// <summary>
/// The ILM policies. There is no rollover: an index holds one day, and its name says which
/// (https://www.elastic.co/guide/en/elasticsearch/reference/current/ilm-put-lifecycle.html).
/// </summary>
internal static class PolicyBody
{
    public static JsonObject ForEvents(LifecycleOptions options, LifecycleNames names, ClusterFeatures features, Deletion deletion)
    {
        var phases = new JsonObject { ["hot"] = Phase("0ms", []) };
        if (options.WarmAfterDays is { } days)
        {
            phases["warm"] = Phase(
                Age(days, features), new JsonObject { ["forcemerge"] = new JsonObject { ["max_num_segments"] = 1 }, ["readonly"] = new JsonObject() });
        }

        if (deletion == Deletion.Held)
            return Policy(phases, features);
        var actions = new JsonObject { ["delete"] = new JsonObject() };
        if (deletion == Deletion.AfterSnapshot)
            actions["wait_for_snapshot"] = new JsonObject { ["policy"] = names.SnapshotPolicy };
        phases["delete"] = Phase(Age(options.RetentionDays, features), actions);
        return Policy(phases, features);
    }

    public static JsonObject ForDeadLetters(LifecycleOptions options, ClusterFeatures features) =>
        Policy(
            new JsonObject
            {
                ["hot"] = Phase("0ms", []),
                ["delete"] = Phase(Age(options.DeadLetterIndexDays, features), new JsonObject { ["delete"] = new JsonObject() }),
            },
            features);

    /// <summary>
    /// Age counts from the start of the index's day, so its last event is <paramref name="days"/> old one day later. Without the
    /// origination date it counts from the creation, which can be a day before the index's day: clocks that are ahead.
    /// </summary>
    public static int AgeInDays(int days, ClusterFeatures features) => days + (features.OriginationDate ? 1 : 2);

    private static string Age(int days, ClusterFeatures features) => $"{AgeInDays(days, features)}d";

    private static JsonObject Phase(string minAge, JsonObject actions) => new() { ["min_age"] = minAge, ["actions"] = actions };

    private static JsonObject Policy(JsonObject phases, ClusterFeatures features)
    {
        var policy = new JsonObject { ["phases"] = phases };
        if (features.PolicyMeta)
            policy["_meta"] = Marks.Meta();
        return policy;
    }
}
