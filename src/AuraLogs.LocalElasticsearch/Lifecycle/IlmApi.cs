using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Lifecycle;

/// <summary><c>_ilm</c>.</summary>
internal sealed class IlmApi(IlmPolicies policies, IlmRunner runner, IndexExpressions expressions, ElasticsearchVersion version, TimeProvider time)
{
    private const string Masters = "timeout master_timeout";

    public void Register(Router router)
    {
        router.Add("PUT", "/_ilm/policy/{name}", Masters, Put);
        router.Add("GET", "/_ilm/policy /_ilm/policy/{name}", Masters, Get);
        router.Add("DELETE", "/_ilm/policy/{name}", Masters, Delete);
        router.Add("GET", "/{index}/_ilm/explain", Masters + " only_errors only_managed " + IndexExpressions.Parameters, Explain);
        router.Add("POST", "/{index}/_ilm/retry", Masters, Retry);
        router.Add("POST", "/{index}/_ilm/remove", Masters + " " + IndexExpressions.Parameters, Remove);
        router.Add("POST", "/_ilm/move/{index}", Masters, Move);
        router.Add("GET", "/_ilm/status", Masters, _ => new JsonObject { ["operation_mode"] = runner.IsRunning ? "RUNNING" : "STOPPED" });
        router.Add("POST", "/_ilm/start", Masters, _ => SetRunning(true));
        router.Add("POST", "/_ilm/stop", Masters, _ => SetRunning(false));
    }

    private RestResponse Put(RestRequest request)
    {
        policies.Put(request.Required("name"), request.RequiredBody());
        return RestResponse.Acknowledged;
    }

    private RestResponse Get(RestRequest request)
    {
        JsonObject found = [];
        List<string> wanted = request["name"] is { } name ? Json.Strings(name) : ["*"];
        foreach ((string policy, JsonObject value) in policies.All())
        {
            if (!wanted.Exists(pattern => Wildcard.IsMatch(pattern, policy)))
                continue;
            JsonObject one = new()
            {
                ["version"] = value["version"]!.DeepClone(),
                ["modified_date"] = DateTimeOffset.FromUnixTimeMilliseconds(value["modified_date_millis"]!.GetValue<long>())
                    .ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
                ["policy"] = value["policy"]!.DeepClone(),
            };
            if (!version.HasTypes)
            {
                one["in_use_by"] = new JsonObject
                {
                    ["indices"] = new JsonArray([.. policies.UsersOf(policy).Select(user => (JsonNode?)user)]),
                    ["data_streams"] = new JsonArray(),
                    ["composable_templates"] = new JsonArray(),
                };
            }

            found[policy] = one;
        }

        if (found.Count == 0 && request["name"] is { } missing && !Wildcard.IsPattern(missing))
            throw IlmPolicies.Missing(missing);
        return found;
    }

    private RestResponse Delete(RestRequest request)
    {
        policies.Delete(request.Required("name"));
        return RestResponse.Acknowledged;
    }

    private RestResponse Explain(RestRequest request)
    {
        bool onlyErrors = request.Flag("only_errors"), onlyManaged = request.Flag("only_managed");
        JsonObject explained = [];
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
        {
            string? policy = index.Settings["index.lifecycle.name"];
            bool isError = policy is not null && (policies.Find(policy) is null || Json.Scalar(index.Lifecycle["step"]) == "ERROR");
            bool isManaged = policy is not null;
            if (((onlyErrors || onlyManaged) && !isManaged) || (onlyErrors && !isError))
                continue;
            lock (index.Shard.Gate)
                explained[index.Name] = Explain(index, policy);
        }

        return new JsonObject { ["indices"] = explained };
    }

    private JsonObject Explain(LocalIndex index, string? policy)
    {
        JsonObject json = new() { ["index"] = index.Name, ["managed"] = policy is not null };
        if (policy is null)
            return json;
        json["policy"] = policy;
        DateTimeOffset now = time.GetUtcNow();
        if (!version.HasTypes)
        {
            json["index_creation_date_millis"] = index.Created.ToUnixTimeMilliseconds();
            json["time_since_index_creation"] = TimeValue.Format(now - index.Created);
        }

        if (index.Lifecycle.Count == 0)
        {
            json["step_info"] = new JsonObject { ["type"] = "illegal_argument_exception", ["reason"] = $"policy [{policy}] does not exist" };
            return json;
        }

        DateTimeOffset date = IlmAge.DateOf(index);
        json["lifecycle_date_millis"] = date.ToUnixTimeMilliseconds();
        json["age"] = TimeValue.Format(now - date);
        foreach (string member in (string[])["phase", "phase_time_millis", "action", "action_time_millis", "step", "step_time_millis", "failed_step",
            "step_info", "phase_execution"])
            if (index.Lifecycle[member] is { } value)
                json[member] = value.DeepClone();
        return json;
    }

    private RestResponse Retry(RestRequest request)
    {
        foreach (LocalIndex index in expressions.Resolve(request))
        {
            if (Json.Scalar(index.Lifecycle["step"]) != "ERROR")
            {
                throw Errors.IllegalArgument(
                    $"cannot retry an action for an index [{index.Name}] that has not encountered an error when running a Lifecycle Policy");
            }

            string step = Json.Scalar(index.Lifecycle["failed_step"]) ?? "complete";
            index.Change(() => index.Lifecycle.Remove("failed_step"));
            index.Change(() => index.Lifecycle.Remove("step_info"));
            runner.Move(index, Json.Scalar(index.Lifecycle["phase"])!, Json.Scalar(index.Lifecycle["action"])!, step);
        }

        return RestResponse.Acknowledged;
    }

    private RestResponse Remove(RestRequest request)
    {
        foreach (LocalIndex index in expressions.Resolve(request, closedToo: true))
        {
            index.Change(() =>
            {
                foreach (string name in index.Settings.Names.Where(name => name.StartsWith("index.lifecycle.", StringComparison.Ordinal)).ToList())
                    index.Settings.Merge(new JsonObject { [name] = null });
                index.Lifecycle.Clear();
            });
        }

        return new JsonObject { ["has_failures"] = false, ["failed_indexes"] = new JsonArray() };
    }

    private RestResponse Move(RestRequest request)
    {
        JsonObject body = request.RequiredBody();
        JsonNode current = body["current_step"] ?? throw Errors.IllegalArgument("Required [current_step]");
        JsonNode next = body["next_step"] ?? throw Errors.IllegalArgument("Required [next_step]");
        foreach (LocalIndex index in expressions.Resolve(request))
        {
            bool isThere = Json.Scalar(current["phase"]) == Json.Scalar(index.Lifecycle["phase"])
                && Json.Scalar(current["action"]) == Json.Scalar(index.Lifecycle["action"])
                && Json.Scalar(current["name"]) == Json.Scalar(index.Lifecycle["step"]);
            if (!isThere)
            {
                throw Errors.IllegalArgument(
                    $"index [{index.Name}] is not on current step [{Json.ToText(current)}], currently: [{index.Lifecycle["phase"]}/{index.Lifecycle["action"]}/{index.Lifecycle["step"]}]");
            }

            runner.Move(index, Json.Scalar(next["phase"])!, Json.Scalar(next["action"]) ?? "complete", Json.Scalar(next["name"]) ?? "complete");
        }

        return RestResponse.Acknowledged;
    }

    private RestResponse SetRunning(bool isRunning)
    {
        runner.IsRunning = isRunning;
        return RestResponse.Acknowledged;
    }
}
