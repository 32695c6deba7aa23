using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary><c>_aliases</c> and <c>_alias</c>.</summary>
internal sealed class AliasApi(IndexCatalog catalog, IndexExpressions expressions)
{
    public void Register(Router router)
    {
        router.Add("POST", "/_aliases", "timeout master_timeout", Update);
        router.Add("GET", "/_alias /_alias/{name} /{index}/_alias /{index}/_alias/{name}", "local master_timeout " + IndexExpressions.Parameters, Get);
        router.Add("PUT|POST", "/{index}/_alias/{name} /{index}/_aliases/{name}", "timeout master_timeout", Put);
        router.Add("DELETE", "/{index}/_alias/{name} /{index}/_aliases/{name}", "timeout master_timeout", Delete);
    }

    private RestResponse Update(RestRequest request)
    {
        JsonArray actions = request.RequiredBody()["actions"] as JsonArray ?? throw Errors.IllegalArgument("[aliases] failed to parse field [actions]");
        if (actions.Count == 0)
            throw Errors.IllegalArgument("No action specified");
        foreach (JsonNode? item in actions)
        {
            (string action, JsonNode? node) = ((JsonObject)item!).First();
            JsonObject body = (JsonObject)node!;
            string indices = string.Join(',', Json.Strings(body["index"] ?? body["indices"]));
            List<LocalIndex> targets = expressions.Resolve(indices, false, false, closedToo: true);
            List<string> aliases = Json.Strings(body["alias"] ?? body["aliases"]);
            switch (action)
            {
                case "add":
                    targets.ForEach(index => aliases.ForEach(alias => Add(index, alias, body)));
                    break;
                case "remove":
                    Remove(targets, aliases, Json.Flag(body["must_exist"]) ?? true);
                    break;
                case "remove_index":
                    targets.ForEach(catalog.Delete);
                    break;
                default:
                    throw Errors.IllegalArgument($"[alias_action] unknown field [{action}]");
            }
        }

        return RestResponse.Acknowledged;
    }

    private RestResponse Get(RestRequest request)
    {
        JsonObject found = [];
        List<string> patterns = request["name"] is { } name ? Json.Strings(name) : ["*"];
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
        {
            JsonObject aliases = [];
            foreach ((string alias, JsonNode? properties) in index.Aliases)
                if (patterns.Exists(pattern => pattern is "_all" || Wildcard.IsMatch(pattern, alias)))
                    aliases[alias] = properties?.DeepClone();
            if (aliases.Count > 0 || request["name"] is null)
                found[index.Name] = new JsonObject { ["aliases"] = aliases };
        }

        bool isMissing = found.Count == 0 && request["name"] is { } wanted && !Wildcard.IsPattern(wanted);
        return isMissing
            ? new RestResponse { Status = 404, Json = new JsonObject { ["error"] = $"alias [{request["name"]}] missing", ["status"] = 404 } }
            : found;
    }

    private RestResponse Put(RestRequest request)
    {
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
            Add(index, request.Required("name"), request.JsonBody() ?? []);
        return RestResponse.Acknowledged;
    }

    private RestResponse Delete(RestRequest request)
    {
        Remove(expressions.Resolve(request, closedToo: true), Json.Strings(request["name"]), mustExist: true);
        return RestResponse.Acknowledged;
    }

    private void Add(LocalIndex index, string alias, JsonObject body)
    {
        if (catalog.Find(alias) is not null)
            throw Errors.InvalidIndexName(alias, "an index or data stream exists with the same name as the alias");
        IndexNames.Check(alias);
        JsonObject properties = [];
        foreach (string member in (string[])["filter", "is_write_index", "is_hidden"])
            if (body[member] is { } value)
                properties[member] = value.DeepClone();
        if (Json.Scalar(body["routing"]) is { } routing)
            (properties["index_routing"], properties["search_routing"]) = (routing, routing);
        index.Change(() => index.Aliases[alias] = properties);
    }

    private static void Remove(List<LocalIndex> targets, List<string> patterns, bool mustExist)
    {
        bool found = false;
        foreach (LocalIndex index in targets)
            foreach (string alias in index.Aliases
                .Select(alias => alias.Key).Where(alias => patterns.Exists(pattern => Wildcard.IsMatch(pattern, alias))).ToList())
            {
                index.Change(() => index.Aliases.Remove(alias));
                found = true;
            }

        if (!found && mustExist)
            throw new ElasticsearchException(404, "aliases_not_found_exception", $"aliases [{string.Join(",", patterns)}] missing");
    }
}
