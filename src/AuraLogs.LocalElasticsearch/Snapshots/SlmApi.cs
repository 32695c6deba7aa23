using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary><c>_slm</c>.</summary>
internal sealed class SlmApi(SlmPolicies policies, SlmRunner runner, Repositories repositories, SnapshotService snapshots, ElasticsearchVersion version)
{
    private const string Masters = "timeout master_timeout";

    private static readonly string[] Counters = ["snapshots_taken", "snapshots_failed", "snapshots_deleted", "snapshot_deletion_failures"];

    public void Register(Router router)
    {
        router.Add("PUT", "/_slm/policy/{name}", Masters, Put);
        router.Add("GET", "/_slm/policy /_slm/policy/{name}", Masters, Get);
        router.Add("DELETE", "/_slm/policy/{name}", Masters, Delete);
        router.Add("POST|PUT", "/_slm/policy/{name}/_execute", Masters,
            request => new JsonObject { ["snapshot_name"] = runner.Execute(request.Required("name")) });
        router.Add("POST", "/_slm/_execute_retention", Masters, ExecuteRetention);
        router.Add("GET", "/_slm/stats", Masters, Stats);
        router.Add("GET", "/_slm/status", Masters, _ => new JsonObject { ["operation_mode"] = runner.IsRunning ? "RUNNING" : "STOPPED" });
        router.Add("POST", "/_slm/start", Masters, _ => SetRunning(true));
        router.Add("POST", "/_slm/stop", Masters, _ => SetRunning(false));
    }

    private RestResponse Put(RestRequest request)
    {
        policies.Put(request.Required("name"), request.RequiredBody(), repositories);
        return RestResponse.Acknowledged;
    }

    private RestResponse Get(RestRequest request)
    {
        JsonObject found = [];
        List<string> wanted = request["name"] is { } names ? Json.Strings(names) : ["*"];
        foreach ((string name, JsonObject value) in policies.All())
            if (wanted.Exists(pattern => Wildcard.IsMatch(pattern, name)))
                found[name] = Describe(name, value);
        if (found.Count == 0 && request["name"] is { } missing)
            throw Errors.NotFound($"snapshot lifecycle policy or policies [{missing}] not found");
        return found;
    }

    private JsonObject Describe(string name, JsonObject value)
    {
        JsonObject json = new()
        {
            ["version"] = value["version"]!.DeepClone(),
            ["modified_date_millis"] = value["modified_date_millis"]!.DeepClone(),
            ["policy"] = value["policy"]!.DeepClone(),
        };
        foreach (string outcome in (string[])["last_success", "last_failure"])
            if (value[outcome] is { } last)
                json[outcome] = last.DeepClone();
        if (!version.AtLeast(7, 13))
            (json["last_success"] as JsonObject)?.Remove("start_time");
        if (runner.NextRun(value) is { } next)
            json["next_execution_millis"] = next.ToUnixTimeMilliseconds();
        if (runner.InProgress(name) is { } running)
            json["in_progress"] = running;
        json["stats"] = PolicyStats(name, value);
        return json;
    }

    private RestResponse Delete(RestRequest request)
    {
        string name = request.Required("name");
        return policies.Remove(name) ? RestResponse.Acknowledged : throw Errors.NotFound($"snapshot lifecycle policy not found: {name}");
    }

    private RestResponse ExecuteRetention(RestRequest request)
    {
        snapshots.Start(() => runner.RetainAsync(CancellationToken.None));
        return RestResponse.Acknowledged;
    }

    private RestResponse Stats(RestRequest request)
    {
        JsonObject totals = policies.Totals();
        JsonObject stats = [];
        foreach (string counter in (string[])["retention_runs", "retention_failed", "retention_timed_out"])
            stats[counter] = Number(totals, counter);
        int millis = Number(totals, "retention_deletion_time_millis");
        stats["retention_deletion_time"] = TimeValue.Format(TimeSpan.FromMilliseconds(millis));
        stats["retention_deletion_time_millis"] = millis;
        foreach (string counter in Counters)
            stats["total_" + counter] = Number(totals, counter);
        stats["policy_stats"] = new JsonArray([.. policies.All()
            .Where(policy => policy.Value["stats"] is not null).Select(policy => (JsonNode?)PolicyStats(policy.Name, policy.Value))]);
        return stats;
    }

    private RestResponse SetRunning(bool isRunning)
    {
        runner.IsRunning = isRunning;
        return RestResponse.Acknowledged;
    }

    private static JsonObject PolicyStats(string name, JsonObject value)
    {
        JsonObject stats = new() { ["policy"] = name };
        foreach (string counter in Counters)
            stats[counter] = Number(value["stats"] as JsonObject, counter);
        return stats;
    }

    private static int Number(JsonObject? from, string counter) => from?[counter]?.GetValue<int>() ?? 0;
}
