using System.Text.Json.Nodes;

namespace AuraLogs.Lifecycle.Desired;

/// <summary>
/// Settings and mappings of the indices with dead letters. Nothing in a dead letter can be refused: the document is text that is
/// stored and never parsed, and fields that are not named here are stored only.
/// </summary>
internal static class DeadLetterTemplate
{
    private const int KeywordIgnoreAbove = 1024;

    public static JsonObject Settings(LifecycleNames names, ClusterFeatures features, int replicas)
    {
        var settings = new JsonObject
        {
            ["index.number_of_shards"] = 1,
            ["index.number_of_replicas"] = replicas,
            ["index.mapping.ignore_malformed"] = true,
        };
        EventTemplate.AddLifecycle(settings, names.DeadLetterPolicy, features);
        return settings;
    }

    public static JsonObject Mappings() => new()
    {
        ["dynamic"] = false,
        ["properties"] = new JsonObject
        {
            ["@timestamp"] = new JsonObject { ["type"] = "date" },
            ["index"] = Keyword(),
            ["id"] = Keyword(),
            ["tag"] = Keyword(),
            ["error"] = new JsonObject
            {
                ["properties"] = new JsonObject { ["type"] = Keyword(), ["reason"] = new JsonObject { ["type"] = "text" } },
            },
            ["document"] = new JsonObject { ["type"] = "keyword", ["index"] = false, ["doc_values"] = false },
        },
    };

    private static JsonObject Keyword() => new() { ["type"] = "keyword", ["ignore_above"] = KeywordIgnoreAbove };
}
