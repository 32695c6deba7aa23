using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Templates;

namespace AuraLogs.LocalElasticsearch.Cluster;

/// <summary><c>_cat</c>: indices, health, nodes, templates, aliases, count.</summary>
internal sealed class CatApi(NodeInfo node, IndexCatalog catalog, IndexExpressions expressions, ClusterStore store, TimeProvider time)
{
    public void Register(Router router)
    {
        router.Add("GET", "/_cat/indices /_cat/indices/{index}", CatTable.Parameters, Indices);
        router.Add("GET", "/_cat/health", CatTable.Parameters, Health);
        router.Add("GET", "/_cat/nodes", CatTable.Parameters, Nodes);
        router.Add("GET", "/_cat/master", CatTable.Parameters, Master);
        router.Add("GET", "/_cat/templates /_cat/templates/{name}", CatTable.Parameters, Templates);
        router.Add("GET", "/_cat/aliases /_cat/aliases/{name}", CatTable.Parameters, Aliases);
        router.Add("GET", "/_cat/count /_cat/count/{index}", CatTable.Parameters, Count);
        router.Add("GET", "/_cat/shards /_cat/shards/{index}", CatTable.Parameters, Shards);
    }

    private RestResponse Indices(RestRequest request)
    {
        CatTable table = new(
            ("health", false), ("status", false), ("index", false), ("uuid", false), ("pri", true), ("rep", true), ("docs.count", true),
            ("docs.deleted", true), ("store.size", true), ("pri.store.size", true), ("creation.date", true), ("creation.date.string", false),
            ("dataset.size", true))
        {
            Hidden = ["creation.date", "creation.date.string", .. node.Version.HasTypes ? ["dataset.size"] : Array.Empty<string>()],
        };
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
        {
            if (request["health"] is { } health && health != ClusterHealth.StatusOf(index))
                continue;
            lock (index.Shard.Gate)
            {
                if (index.IsDeleted)
                    continue;
                bool isOpen = !index.IsClosed;
                string? size = isOpen ? CatTable.Size(index.Shard.SizeInBytes, request) : null;
                table.Add(
                    ClusterHealth.StatusOf(index), isOpen ? "open" : "close", index.Name, index.Uuid, Text(index.Settings.Shards),
                    Text(index.Settings.Replicas),
                    isOpen ? Text(index.Shard.Count) : null, isOpen ? Text(index.Shard.Deleted) : null, size, size,
                    Text(index.Created.ToUnixTimeMilliseconds()), index.Created.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), size);
            }
        }

        return table.Render(request);
    }

    private RestResponse Health(RestRequest request)
    {
        JsonObject health = ClusterHealth.Of(catalog, expressions, null).ToJson(node.ClusterName, false, null);
        DateTimeOffset now = time.GetUtcNow();
        CatTable table = new(
            ("epoch", false), ("timestamp", false), ("cluster", false), ("status", false), ("node.total", true), ("node.data", true), ("shards", true),
            ("pri", true), ("relo", true), ("init", true), ("unassign", true), ("pending_tasks", true), ("max_task_wait_time", true),
            ("active_shards_percent", true));
        table.Add(
            Text(now.ToUnixTimeSeconds()), now.ToString("HH:mm:ss", CultureInfo.InvariantCulture), node.ClusterName, Json.Scalar(health["status"]), "1", "1",
            Json.Scalar(health["active_shards"]), Json.Scalar(health["active_primary_shards"]), "0", "0", Json.Scalar(health["unassigned_shards"]), "0", "-",
            health["active_shards_percent_as_number"]!.GetValue<double>().ToString("0.0", CultureInfo.InvariantCulture) + "%");
        return table.Render(request);
    }

    private RestResponse Nodes(RestRequest request)
    {
        CatTable table = new(
            ("ip", false), ("heap.percent", true), ("ram.percent", true), ("cpu", true), ("load_1m", true), ("load_5m", true), ("load_15m", true),
            ("node.role", false), ("master", false), ("name", false), ("version", false), ("id", false))
        {
            Hidden = ["version", "id"],
        };
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        long heap = memory.HeapSizeBytes * 100 / Math.Max(1, memory.TotalAvailableMemoryBytes);
        long ram = memory.MemoryLoadBytes * 100 / Math.Max(1, memory.TotalAvailableMemoryBytes);
        table.Add(node.Address.Host, Text(heap), Text(ram), "0", null, null, null, "dim", "*", node.Name, node.Version.ToString(), node.Id[..4]);
        return table.Render(request);
    }

    private RestResponse Master(RestRequest request)
    {
        CatTable table = new(("id", false), ("host", false), ("ip", false), ("node", false));
        table.Add(node.Id, node.Address.Host, node.Address.Host, node.Name);
        return table.Render(request);
    }

    private RestResponse Templates(RestRequest request)
    {
        bool hasComposable = node.Version.HasComposableTemplates;
        CatTable table = new(("name", false), ("index_patterns", false), ("order", false), ("version", false), ("composed_of", false))
        {
            Hidden = hasComposable ? [] : ["composed_of"],
        };
        string pattern = request["name"] ?? "*";
        foreach ((string name, JsonObject template) in store.All(TemplateCatalog.Legacy).Concat(store.All(TemplateCatalog.Composable)))
        {
            if (!Wildcard.IsMatch(pattern, name))
                continue;
            table.Add(
                name, $"[{string.Join(", ", Json.Strings(template["index_patterns"]))}]", Json.Scalar(template["order"] ?? template["priority"]) ?? "0",
                Json.Scalar(template["version"]), template["composed_of"] is null ? "" : $"[{string.Join(", ", Json.Strings(template["composed_of"]))}]");
        }

        return table.Render(request);
    }

    private RestResponse Aliases(RestRequest request)
    {
        CatTable table = new(
            ("alias", false), ("index", false), ("filter", false), ("routing.index", false), ("routing.search", false),
            ("is_write_index", false));
        foreach (LocalIndex index in catalog.All)
        {
            foreach ((string alias, JsonNode? properties) in index.Aliases)
            {
                if (Wildcard.IsMatch(request["name"] ?? "*", alias))
                {
                    table.Add(
                        alias, index.Name, properties?["filter"] is null ? "-" : "*", Json.Scalar(properties?["index_routing"]) ?? "-",
                        Json.Scalar(properties?["search_routing"]) ?? "-", Json.Scalar(properties?["is_write_index"]) ?? "-");
                }
            }
        }

        return table.Render(request);
    }

    private RestResponse Count(RestRequest request)
    {
        DateTimeOffset now = time.GetUtcNow();
        long count = 0;
        foreach (LocalIndex index in expressions.Resolve(request))
            lock (index.Shard.Gate)
                count += index.Shard.Count;
        CatTable table = new(("epoch", false), ("timestamp", false), ("count", false));
        table.Add(Text(now.ToUnixTimeSeconds()), now.ToString("HH:mm:ss", CultureInfo.InvariantCulture), Text(count));
        return table.Render(request);
    }

    private RestResponse Shards(RestRequest request)
    {
        CatTable table = new(
            ("index", false), ("shard", false), ("prirep", false), ("state", false), ("docs", true), ("store", true), ("ip", false),
            ("node", false));
        foreach (LocalIndex index in expressions.Resolve(request))
            lock (index.Shard.Gate)
                if (!index.IsDeleted)
                    table.Add(
                        index.Name, "0", "p", "STARTED", Text(index.Shard.Count), CatTable.Size(index.Shard.SizeInBytes, request), node.Address.Host,
                        node.Name);
        return table.Render(request);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
