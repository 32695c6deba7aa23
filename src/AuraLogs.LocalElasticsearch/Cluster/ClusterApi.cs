using System.Diagnostics;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Cluster;

/// <summary>The root, and what clients and monitors ask about the cluster and its only node.</summary>
internal sealed class ClusterApi(
    NodeInfo node, ClusterSettings settings, IndexCatalog catalog, IndexExpressions expressions, TimeProvider time,
    LocalElasticsearchOptions options)
{
    public void Register(Router router)
    {
        router.Add("GET", "/", "", Root);
        router.Add(
            "GET", "/_cluster/health /_cluster/health/{index}",
            "level local master_timeout timeout wait_for_status wait_for_nodes wait_for_active_shards wait_for_events wait_for_no_relocating_shards "
            + "wait_for_no_initializing_shards wait_for_relocating_shards cluster_manager_timeout " + IndexExpressions.Parameters, HealthAsync);
        router.Add("GET", "/_cluster/settings", "flat_settings include_defaults timeout master_timeout local",
            request => settings.ToJson(request.Flag("flat_settings")));
        router.Add("PUT", "/_cluster/settings", "flat_settings timeout master_timeout", PutSettings);
        router.Add("GET", "/_cluster/state /_cluster/state/{metric} /_cluster/state/{metric}/{index}",
            "flat_settings local master_timeout wait_for_metadata_version wait_for_timeout " + IndexExpressions.Parameters, State);
        router.Add("GET", "/_cluster/stats /_cluster/stats/nodes/{node_id}", "flat_settings timeout include_remotes", Stats);
        router.Add("GET", "/_cluster/pending_tasks", "local master_timeout", _ => new JsonObject { ["tasks"] = new JsonArray() });
        router.Add("GET", "/_nodes /_nodes/{node_id} /_nodes/{node_id}/{metric}", "flat_settings timeout", Nodes);
        router.Add("GET",
            "/_nodes/stats /_nodes/{node_id}/stats /_nodes/stats/{metric} /_nodes/{node_id}/stats/{metric} /_nodes/{node_id}/stats/{metric}/{index_metric}",
            "completion_fields fielddata_fields fields groups level types timeout include_segment_file_sizes include_unloaded_segments", NodeStatistics);
        router.Add("GET", "/_license", "local accept_enterprise", License);
        router.Add("GET", "/_xpack", "categories accept_enterprise",
            _ => new JsonObject { ["license"] = LicenseBody(), ["features"] = new JsonObject(), ["tagline"] = "You know, for X" });
        router.Add("GET", "/_tasks", "actions detailed group_by nodes parent_task_id timeout wait_for_completion",
            _ => new JsonObject { ["nodes"] = new JsonObject() });
        router.Add("GET|POST", "/_analyze /{index}/_analyze", "", Analyze);
    }

    private RestResponse Root(RestRequest request)
    {
        JsonObject version = new()
        {
            ["number"] = node.Version.ToString(),
            ["build_flavor"] = "default",
            ["build_type"] = "local",
            ["build_hash"] = "0000000000000000000000000000000000000000",
            ["build_date"] = "1970-01-01T00:00:00.000000Z",
            ["build_snapshot"] = false,
            ["lucene_version"] = node.Version.Major switch { 7 => "8.11.3", 8 => "9.12.0", _ => "10.0.0" },
            ["minimum_wire_compatibility_version"] = node.Version.Major switch { 7 => "6.8.0", 8 => "7.17.0", _ => "8.19.0" },
            ["minimum_index_compatibility_version"] = node.Version.Major switch { 7 => "6.0.0-beta1", 8 => "7.0.0", _ => "8.0.0" },
        };
        return new RestResponse
        {
            IsPretty = true,
            Json = new JsonObject
            {
                ["name"] = node.Name,
                ["cluster_name"] = node.ClusterName,
                ["cluster_uuid"] = node.ClusterUuid,
                ["version"] = version,
                ["tagline"] = "You Know, for Search",
            },
        };
    }

    private async Task<RestResponse> HealthAsync(RestRequest request, CancellationToken cancel)
    {
        TimeSpan timeout = TimeValue.Parse(request["timeout"] ?? "30s", "timeout");
        string? status = request["wait_for_status"];
        if (status is not (null or "green" or "yellow" or "red"))
            throw Errors.IllegalArgument($"unknown cluster health status [{status}]");
        // The caller waits in real time, whatever clock the schedules go by.
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            ClusterHealth health = ClusterHealth.Of(catalog, expressions, request["index"]);
            bool isReached = !health.IsMissing && (status is null || health.IsAtLeast(status));
            if (isReached || Stopwatch.GetElapsedTime(start) >= timeout)
            {
                JsonObject json = health.ToJson(node.ClusterName, timedOut: !isReached, request["level"]);
                return new RestResponse { Status = isReached ? 200 : 408, Json = json };
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancel);
        }
    }

    private RestResponse PutSettings(RestRequest request)
    {
        JsonObject body = request.RequiredBody();
        foreach ((string member, _) in body)
            if (member is not ("persistent" or "transient"))
                throw Errors.IllegalArgument($"[cluster_update_settings_request] unknown field [{member}]");
        return settings.Update(body);
    }

    private RestResponse State(RestRequest request)
    {
        JsonObject indices = [];
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
        {
            lock (index.Shard.Gate)
            {
                indices[index.Name] = new JsonObject
                {
                    ["state"] = index.IsClosed ? "close" : "open",
                    ["settings"] = index.Settings.ToJson(),
                    ["mappings"] = new JsonObject { ["_doc"] = index.Mapping.ToJson() },
                    ["aliases"] = new JsonArray([.. index.Aliases.Select(alias => (JsonNode?)alias.Key)]),
                    ["primary_terms"] = new JsonObject { ["0"] = index.PrimaryTerm },
                };
            }
        }

        List<string> metrics = request["metric"] is null or "_all"
            ? ["version", "master_node", "nodes", "metadata"]
            : Json.Strings(request["metric"]);
        JsonObject state = new() { ["cluster_name"] = node.ClusterName, ["cluster_uuid"] = node.ClusterUuid };
        if (metrics.Contains("version"))
            state["version"] = 1;
        if (metrics.Contains("master_node"))
            state["master_node"] = node.Id;
        if (metrics.Contains("nodes"))
            state["nodes"] = new JsonObject { [node.Id] = new JsonObject { ["name"] = node.Name, ["transport_address"] = node.Address.Authority } };
        if (metrics.Contains("metadata"))
            state["metadata"] = new JsonObject { ["cluster_uuid"] = node.ClusterUuid, ["indices"] = indices };
        return state;
    }

    private RestResponse Stats(RestRequest request)
    {
        List<LocalIndex> indices = [.. catalog.All];
        JsonObject totals = (JsonObject)IndexStats.Of(indices, null)["_all"]!["primaries"]!.DeepClone();
        totals["count"] = indices.Count;
        totals["shards"] = new JsonObject { ["total"] = indices.Count, ["primaries"] = indices.Count };
        return new JsonObject
        {
            ["_nodes"] = Only(),
            ["cluster_name"] = node.ClusterName,
            ["cluster_uuid"] = node.ClusterUuid,
            ["timestamp"] = time.GetUtcNow().ToUnixTimeMilliseconds(),
            ["status"] = ClusterHealth.Of(catalog, expressions, null).Status,
            ["indices"] = totals,
            ["nodes"] = new JsonObject
            {
                ["count"] = new JsonObject { ["total"] = 1, ["data"] = 1, ["master"] = 1 },
                ["versions"] = new JsonArray(node.Version.ToString()),
            },
        };
    }

    private RestResponse Nodes(RestRequest request)
    {
        JsonObject info = new()
        {
            ["name"] = node.Name,
            ["transport_address"] = node.Address.Authority,
            ["host"] = node.Address.Host,
            ["ip"] = node.Address.Host,
            ["version"] = node.Version.ToString(),
            ["roles"] = new JsonArray("data", "ingest", "master"),
            ["http"] = new JsonObject
            {
                ["bound_address"] = new JsonArray(node.Address.Authority),
                ["publish_address"] = node.Address.Authority,
                ["max_content_length_in_bytes"] = options.MaxRequestBytes,
            },
            ["plugins"] = new JsonArray(),
            ["modules"] = new JsonArray(),
        };
        return new JsonObject { ["_nodes"] = Only(), ["cluster_name"] = node.ClusterName, ["nodes"] = new JsonObject { [node.Id] = info } };
    }

    private RestResponse NodeStatistics(RestRequest request) => new JsonObject
    {
        ["_nodes"] = Only(),
        ["cluster_name"] = node.ClusterName,
        ["nodes"] = new JsonObject { [node.Id] = NodeStats.Of(node, [.. catalog.All], options.Path, time) },
    };

    private RestResponse License(RestRequest request) => new JsonObject { ["license"] = LicenseBody() };

    private JsonObject LicenseBody() => new()
    {
        ["status"] = "active",
        ["uid"] = node.ClusterUuid,
        ["type"] = "basic",
        ["mode"] = "basic",
        ["issue_date_in_millis"] = node.Started.ToUnixTimeMilliseconds(),
        ["max_nodes"] = 1,
        ["issued_to"] = node.ClusterName,
        ["issuer"] = "elasticsearch",
        ["start_date_in_millis"] = -1,
    };

    private static RestResponse Analyze(RestRequest request)
    {
        JsonObject body = request.RequiredBody();
        string analyzer = Json.Scalar(body["analyzer"]) ?? "standard";
        if (analyzer is not ("standard" or "keyword"))
            throw Errors.IllegalArgument($"failed to find global analyzer [{analyzer}]");
        JsonArray tokens = [];
        foreach (JsonNode? item in body["text"] is JsonArray several ? [.. several] : new[] { body["text"] })
        {
            string text = Json.Scalar(item) ?? throw Errors.Validation("text is missing");
            StandardTokenizer tokenizer = new(analyzer == "standard" ? text.ToLowerInvariant() : "");
            if (analyzer == "keyword")
                tokens.Add(Token(text, 0, text.Length, "word", 0));
            for (int position = 0; tokenizer.MoveNext(); position++)
            {
                bool isNumber = tokenizer.Current.IndexOfAnyExceptInRange('0', '9') < 0;
                tokens.Add(Token(
                    tokenizer.Current.ToString(), tokenizer.Start, tokenizer.Start + tokenizer.Length, isNumber ? "<NUM>" : "<ALPHANUM>", position));
            }
        }

        return new JsonObject { ["tokens"] = tokens };
    }

    private static JsonObject Token(string token, int start, int end, string type, int position) => new()
    {
        ["token"] = token,
        ["start_offset"] = start,
        ["end_offset"] = end,
        ["type"] = type,
        ["position"] = position,
    };

    private static JsonObject Only() => new() { ["total"] = 1, ["successful"] = 1, ["failed"] = 0 };
}
