using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Cluster;

/// <summary>
/// Green, or yellow when an index wants replicas, for which there is no second node, or red when an index asks for a node
/// that there isn't.
/// </summary>
internal sealed class ClusterHealth
{
    private readonly List<LocalIndex> _indices;

    private ClusterHealth(List<LocalIndex> indices, bool isMissing)
    {
        _indices = indices;
        IsMissing = isMissing;
    }

    /// <summary>Whether an index was asked for that does not exist.</summary>
    public bool IsMissing { get; }

    public string Status => IsMissing || _indices.Exists(index => StatusOf(index) == "red")
        ? "red"
        : _indices.Exists(index => StatusOf(index) == "yellow") ? "yellow" : "green";

    private int Primaries => _indices.Where(index => StatusOf(index) != "red").Sum(index => index.Settings.Shards);

    private int Unassigned =>
        _indices.Sum(index => index.Settings.Shards * index.Settings.Replicas)
        + _indices.Where(index => StatusOf(index) == "red").Sum(index => index.Settings.Shards);

    public static ClusterHealth Of(IndexCatalog catalog, IndexExpressions expressions, string? expression)
    {
        if (expression is null)
            return new ClusterHealth([.. catalog.All], isMissing: false);
        try
        {
            return new ClusterHealth(expressions.Resolve(expression, false, true, closedToo: true), isMissing: false);
        }
        catch (ElasticsearchException e) when (e.Status == 404)
        {
            return new ClusterHealth([], isMissing: true);
        }
    }

    public static string StatusOf(LocalIndex index)
    {
        bool isUnplaced = index.Settings.Names.Any(name => name.StartsWith("index.routing.allocation.require.", StringComparison.Ordinal));
        return isUnplaced ? "red" : index.Settings.Replicas > 0 ? "yellow" : "green";
    }

    public bool IsAtLeast(string status) => status switch { "green" => Status == "green", "yellow" => Status != "red", _ => true };

    public JsonObject ToJson(string cluster, bool timedOut, string? level)
    {
        int active = Primaries, unassigned = Unassigned;
        JsonObject json = new()
        {
            ["cluster_name"] = cluster,
            ["status"] = Status,
            ["timed_out"] = timedOut,
            ["number_of_nodes"] = 1,
            ["number_of_data_nodes"] = 1,
            ["active_primary_shards"] = active,
            ["active_shards"] = active,
            ["relocating_shards"] = 0,
            ["initializing_shards"] = 0,
            ["unassigned_shards"] = unassigned,
            ["delayed_unassigned_shards"] = 0,
            ["number_of_pending_tasks"] = 0,
            ["number_of_in_flight_fetch"] = 0,
            ["task_max_waiting_in_queue_millis"] = 0,
            ["active_shards_percent_as_number"] = active + unassigned == 0 ? 100.0 : 100.0 * active / (active + unassigned),
        };
        if (level is "indices" or "shards")
            json["indices"] = new JsonObject([.. _indices.Select(index => KeyValuePair.Create(index.Name, (JsonNode?)Describe(index)))]);
        return json;
    }

    private static JsonObject Describe(LocalIndex index) => new()
    {
        ["status"] = StatusOf(index),
        ["number_of_shards"] = index.Settings.Shards,
        ["number_of_replicas"] = index.Settings.Replicas,
        ["active_primary_shards"] = index.Settings.Shards,
        ["active_shards"] = index.Settings.Shards,
        ["relocating_shards"] = 0,
        ["initializing_shards"] = 0,
        ["unassigned_shards"] = index.Settings.Shards * index.Settings.Replicas,
    };
}
