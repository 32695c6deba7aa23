using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch;

namespace AuraLogs.Lifecycle.Desired;

/// <summary>
/// Settings and mappings of the indices with events. Strings map as Elasticsearch does by default (text with <c>.keyword</c>), so
/// that dashboards made for Fluent Bit's indices keep working, or as <see cref="LeanMapping"/> has it.
/// </summary>
internal static class EventTemplate
{
    /// <summary>
    /// A value in a flattened field longer than this is stored and not searchable: Lucene takes no term over 32,766 bytes, and
    /// annotations such as kubectl's last applied configuration are longer.
    /// </summary>
    private const int FlattenedIgnoreAbove = 1024;

    public static JsonObject Settings(LifecycleOptions options, LifecycleNames names, ClusterFeatures features, int replicas)
    {
        var settings = new JsonObject
        {
            ["index.number_of_shards"] = options.Shards,
            ["index.number_of_replicas"] = replicas,
            ["index.refresh_interval"] = $"{(long)options.RefreshInterval.TotalSeconds}s",
            ["index.mapping.ignore_malformed"] = true,
            ["index.mapping.total_fields.limit"] = options.FieldLimit,
        };
        if (features.IgnoreDynamicBeyondLimit)
            settings["index.mapping.total_fields.ignore_dynamic_beyond_limit"] = true;
        if (options.Mapping == IndexMapping.Lean)
            LeanMapping.AddSettings(settings);
        AddLifecycle(settings, names.Policy, features);
        return settings;
    }

    public static JsonObject Mappings(LifecycleOptions options, ClusterFeatures features)
    {
        var mappings = Common();
        if (options.Mapping == IndexMapping.Lean)
            LeanMapping.AddMappings(mappings, features);
        return mappings;
    }

    private static JsonObject Common() => new()
    {
        ["properties"] = new JsonObject
        {
            ["@timestamp"] = new JsonObject { ["type"] = "date" },
            [IndexConventions.ConflictField] = Flattened(),
            [IndexConventions.ConflictListField] = new JsonObject { ["type"] = "keyword", ["ignore_above"] = FlattenedIgnoreAbove },
            ["kubernetes"] = new JsonObject
            {
                ["properties"] = new JsonObject { ["labels"] = Flattened(), ["annotations"] = Flattened() },
            },
        },
    };

    public static void AddLifecycle(JsonObject settings, string policy, ClusterFeatures features)
    {
        settings["index.lifecycle.name"] = policy;
        if (features.OriginationDate)
            settings["index.lifecycle.parse_origination_date"] = true;
    }

    /// <summary>One field for all keys: <c>app</c> and <c>app.kubernetes.io/name</c> can't both be objects and values.</summary>
    private static JsonObject Flattened() => new() { ["type"] = "flattened", ["ignore_above"] = FlattenedIgnoreAbove };
}
