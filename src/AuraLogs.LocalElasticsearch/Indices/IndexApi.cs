using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>Indices: create, get, delete, settings, mappings, aliases, open, close, refresh, stats, what they hold.</summary>
internal sealed class IndexApi(IndexCatalog catalog, IndexExpressions expressions, ClusterSettings settings, TimeProvider time)
{
    private const string Masters = "timeout master_timeout cluster_manager_timeout ";
    private const string Scope = IndexExpressions.Parameters + " local " + Masters;

    public void Register(Router router)
    {
        router.Add("PUT", "/{index}", Masters + "wait_for_active_shards include_type_name", Create);
        router.Add("GET", "/{index}", Scope + "flat_settings include_defaults include_type_name features", Get);
        router.Add("DELETE", "/ /{index}", Scope, Delete);
        router.Add("GET", "/_settings /{index}/_settings /{index}/_settings/{name} /_settings/{name}", Scope + "flat_settings include_defaults", GetSettings);
        router.Add("PUT", "/_settings /{index}/_settings", Scope + "flat_settings preserve_existing", PutSettings);
        router.Add("GET", "/_mapping /{index}/_mapping /_mappings /{index}/_mappings", Scope + "include_type_name", GetMapping);
        router.Add("PUT|POST", "/{index}/_mapping /{index}/_mappings", Scope + "include_type_name write_index_only", PutMapping);
        router.Add("GET", "/_mapping/field/{fields} /{index}/_mapping/field/{fields}", Scope + "include_defaults include_type_name", GetFieldMapping);
        router.Add("POST", "/_close /{index}/_close", Scope + "wait_for_active_shards", Close);
        router.Add("POST", "/_open /{index}/_open", Scope + "wait_for_active_shards", Open);
        router.Add("GET|POST", "/_refresh /{index}/_refresh /_flush /{index}/_flush", Scope + "force wait_if_ongoing", Shards);
        router.Add("POST", "/_forcemerge /{index}/_forcemerge", Scope + "max_num_segments only_expunge_deletes flush wait_for_completion", Shards);
        router.Add("POST", "/_cache/clear /{index}/_cache/clear", Scope + "fielddata query request fields", Shards);
        router.Add("GET", "/_stats /{index}/_stats /_stats/{metric} /{index}/_stats/{metric}",
            Scope + "level types groups completion_fields fielddata_fields fields include_segment_file_sizes include_unloaded_segments forbid_closed_indices",
            Stats);
        router.Add("GET", "/_resolve/index/{index}", "expand_wildcards ignore_unavailable allow_no_indices mode", Resolve);
        router.Add("PUT", "/{index}/_block/{block}", Scope, PutBlock);
    }

    private RestResponse Create(RestRequest request)
    {
        CheckClusterBlock();
        LocalIndex index = catalog.Create(DateMathName.Resolve(request.Required("index"), time.GetUtcNow()), request.JsonBody());
        return new JsonObject { ["acknowledged"] = true, ["shards_acknowledged"] = true, ["index"] = index.Name };
    }

    private RestResponse Get(RestRequest request)
    {
        JsonObject found = [];
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
        {
            lock (index.Shard.Gate)
            {
                found[index.Name] = new JsonObject
                {
                    ["aliases"] = index.Aliases.DeepClone(),
                    ["mappings"] = index.Mapping.ToJson(),
                    ["settings"] = index.Settings.ToJson(request.Flag("flat_settings")),
                };
            }
        }

        return found;
    }

    private RestResponse Delete(RestRequest request)
    {
        CheckClusterBlock();
        string expression = request["index"] ?? throw Errors.Validation("index / indices is missing");
        bool isDestructive = expression is "_all" || Wildcard.IsPattern(expression);
        if (isDestructive && settings["action.destructive_requires_name"] == "true")
            throw Errors.IllegalArgument("Wildcard expressions or all indices are not allowed");
        List<LocalIndex> indices = expressions.Resolve(request, closedToo: true);
        foreach (LocalIndex index in indices)
        {
            if (catalog.Find(expression) is null && !isDestructive && index.Aliases.ContainsKey(expression))
            {
                throw Errors.IllegalArgument(
                    $"The provided expression [{expression}] matches an alias, specify the corresponding concrete indices instead.");
            }

            IndexBlocks.CheckMetadata(index);
        }

        foreach (LocalIndex index in indices)
            catalog.Delete(index);
        return RestResponse.Acknowledged;
    }

    private RestResponse GetSettings(RestRequest request)
    {
        JsonObject found = [];
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
        {
            IndexSettings shown = index.Settings;
            if (request["name"] is { } pattern)
            {
                shown = new IndexSettings();
                foreach (string name in index.Settings.Names.Where(name => Json.Strings(pattern).Exists(one => one == "_all" || Wildcard.IsMatch(one, name))))
                    shown.Merge(new JsonObject { [name] = index.Settings[name] });
            }

            found[index.Name] = new JsonObject { ["settings"] = shown.ToJson(request.Flag("flat_settings")) };
        }

        return found;
    }

    private RestResponse PutSettings(RestRequest request)
    {
        CheckClusterBlock();
        JsonObject body = request.RequiredBody();
        JsonObject changes = body["settings"] as JsonObject ?? body;
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
        {
            foreach ((string name, _) in IndexSettings.Flatten(changes))
            {
                bool isFinal = name is "index.number_of_shards" or "index.uuid" or "index.creation_date" or "index.provided_name" or "index.version.created";
                if (isFinal)
                    throw Errors.IllegalArgument($"Can't update non dynamic settings [[{name}]] for open indices [[{index.Name}/{index.Uuid}]]");
                if (!name.StartsWith("index.blocks.", StringComparison.Ordinal))
                    IndexBlocks.CheckMetadata(index);
            }

            index.Change(() => index.Settings.Merge(changes));
        }

        return RestResponse.Acknowledged;
    }

    private RestResponse GetMapping(RestRequest request)
    {
        JsonObject found = [];
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
            lock (index.Shard.Gate)
                found[index.Name] = new JsonObject { ["mappings"] = index.Mapping.ToJson() };
        return found;
    }

    private RestResponse PutMapping(RestRequest request)
    {
        JsonObject mapping = IndexCatalog.Untyped(request.RequiredBody())!;
        foreach (LocalIndex index in expressions.Resolve(request))
        {
            IndexBlocks.CheckMetadata(index);
            index.Change(() => index.Mapping.Merge(mapping));
        }

        return RestResponse.Acknowledged;
    }

    private RestResponse GetFieldMapping(RestRequest request)
    {
        JsonObject found = [];
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
        {
            JsonObject fields = [];
            lock (index.Shard.Gate)
                foreach (FieldMapping field in index.Mapping.Fields)
                    if (Json.Strings(request["fields"]).Exists(pattern => Wildcard.IsMatch(pattern, field.Path)))
                        fields[field.Path] = new JsonObject { ["full_name"] = field.Path, ["mapping"] = new JsonObject { [field.Name] = field.ToJson() } };
            found[index.Name] = new JsonObject { ["mappings"] = fields };
        }

        return found;
    }

    private RestResponse Close(RestRequest request)
    {
        JsonObject closed = [];
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
        {
            index.Change(() => index.IsClosed = true);
            closed[index.Name] = new JsonObject { ["closed"] = true };
        }

        return new JsonObject { ["acknowledged"] = true, ["shards_acknowledged"] = true, ["indices"] = closed };
    }

    private RestResponse Open(RestRequest request)
    {
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
        {
            index.Change(() =>
            {
                index.PrimaryTerm += index.IsClosed ? 1 : 0;
                index.IsClosed = false;
            });
        }

        return new JsonObject { ["acknowledged"] = true, ["shards_acknowledged"] = true };
    }

    /// <summary>Refresh, flush and their like: what is written can be found at once, so that there is nothing left to do.</summary>
    private RestResponse Shards(RestRequest request)
    {
        int copies = expressions.Resolve(request).Sum(index => 1 + index.Settings.Replicas);
        int primaries = expressions.Resolve(request).Count;
        return new JsonObject { ["_shards"] = new JsonObject { ["total"] = copies, ["successful"] = primaries, ["failed"] = 0 } };
    }

    private RestResponse Stats(RestRequest request) => IndexStats.Of(expressions.Resolve(request), request["metric"]);

    private RestResponse Resolve(RestRequest request)
    {
        JsonArray indices = [], aliases = [];
        List<LocalIndex> found = expressions.Resolve(request, closedToo: true);
        foreach (LocalIndex index in found)
        {
            JsonObject one = new() { ["name"] = index.Name };
            if (index.Aliases.Count > 0)
                one["aliases"] = new JsonArray([.. index.Aliases.Select(alias => (JsonNode?)alias.Key)]);
            one["attributes"] = new JsonArray(index.IsClosed ? "closed" : "open");
            indices.Add(one);
        }

        foreach (IGrouping<string, LocalIndex> alias in found
            .SelectMany(index => index.Aliases.Select(alias => (alias.Key, index))).GroupBy(pair => pair.Key, pair => pair.index))
            if (Json.Strings(request["index"]).Exists(pattern => Wildcard.IsMatch(pattern, alias.Key)))
                aliases.Add(new JsonObject { ["name"] = alias.Key, ["indices"] = new JsonArray([.. alias.Select(index => (JsonNode?)index.Name)]) });
        return new JsonObject { ["indices"] = indices, ["aliases"] = aliases, ["data_streams"] = new JsonArray() };
    }

    private RestResponse PutBlock(RestRequest request)
    {
        string block = request.Required("block");
        if (block is not ("write" or "read" or "read_only" or "metadata" or "read_only_allow_delete"))
            throw Errors.IllegalArgument($"No block found with name {block}");
        JsonArray blocked = [];
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
        {
            index.Change(() => index.Settings.Merge(new JsonObject { ["index.blocks." + block] = "true" }));
            blocked.Add(new JsonObject { ["name"] = index.Name, ["blocked"] = true });
        }

        return new JsonObject { ["acknowledged"] = true, ["shards_acknowledged"] = true, ["indices"] = blocked };
    }

    private void CheckClusterBlock()
    {
        if (settings["cluster.blocks.read_only"] == "true")
            throw IndexBlocks.ClusterReadOnly();
    }
}
