using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;

namespace AuraLogs.LocalElasticsearch.Cluster;

/// <summary>Who this node says it is; the identifiers stay over restarts.</summary>
internal sealed class NodeInfo
{
    public NodeInfo(ClusterStore store, ElasticsearchVersion version, TimeProvider time)
    {
        Version = version;
        Started = time.GetUtcNow();
        if (store.Get("identity", "node") is not { } identity)
        {
            identity = new JsonObject { ["cluster"] = Ids.Uuid(), ["node"] = Ids.Uuid() };
            store.Put("identity", "node", identity);
        }

        ClusterUuid = identity["cluster"]!.GetValue<string>();
        Id = identity["node"]!.GetValue<string>();
    }

    public ElasticsearchVersion Version { get; }

    public string ClusterName { get; } = "auralogs-local";

    public string Name { get; } = "local";

    public string ClusterUuid { get; }

    public string Id { get; }

    public DateTimeOffset Started { get; }

    /// <summary>The address it listens on, once it does.</summary>
    public Uri Address { get; set; } = new("http://127.0.0.1/");
}
