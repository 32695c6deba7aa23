using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;
using Microsoft.Extensions.Logging;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary><c>_snapshot</c>, <c>_cat/snapshots</c>, <c>_cat/repositories</c>, <c>_cat/recovery</c>.</summary>
internal sealed partial class SnapshotApi(
    Repositories repositories, SnapshotService snapshots, IndexExpressions expressions, NodeInfo node, ILogger<SnapshotApi> logger)
{
    private const string Masters = "timeout master_timeout local";

    public void Register(Router router)
    {
        router.Add("PUT|POST", "/_snapshot/{repository}", Masters + " verify", PutRepositoryAsync);
        router.Add("GET", "/_snapshot /_snapshot/{repository}", Masters, GetRepositories);
        router.Add("DELETE", "/_snapshot/{repository}", Masters, DeleteRepository);
        router.Add("POST", "/_snapshot/{repository}/_verify", Masters, VerifyAsync);
        router.Add("POST", "/_snapshot/{repository}/_cleanup", Masters, CleanUpAsync);
        router.Add("PUT|POST", "/_snapshot/{repository}/{snapshot}", Masters + " wait_for_completion", CreateAsync);
        router.Add(
            "GET", "/_snapshot/{repository}/{snapshot}",
            Masters + " ignore_unavailable verbose index_details index_names include_repository sort size order after offset from_sort_value slm_policy_filter",
            GetAsync);
        router.Add("DELETE", "/_snapshot/{repository}/{snapshot}", Masters + " wait_for_completion", DeleteAsync);
        router.Add("POST", "/_snapshot/{repository}/{snapshot}/_restore", Masters + " wait_for_completion", RestoreAsync);
        router.Add("GET", "/_snapshot/_status /_snapshot/{repository}/_status /_snapshot/{repository}/{snapshot}/_status", Masters + " ignore_unavailable",
            StatusAsync);
        router.Add("GET", "/_cat/snapshots /_cat/snapshots/{repository}", CatTable.Parameters + " ignore_unavailable", CatSnapshotsAsync);
        router.Add("GET", "/_cat/repositories", CatTable.Parameters, CatRepositories);
        router.Add("GET", "/_cat/recovery /_cat/recovery/{index}", CatTable.Parameters + " active_only detailed", CatRecovery);
    }

    private async Task<RestResponse> PutRepositoryAsync(RestRequest request, CancellationToken cancel)
    {
        await repositories.PutAsync(request.Required("repository"), request.RequiredBody(), request.Flag("verify", true), cancel);
        return RestResponse.Acknowledged;
    }

    private RestResponse GetRepositories(RestRequest request)
    {
        JsonObject found = [];
        List<string> wanted = request["repository"] is { } names and not "_all" ? Json.Strings(names) : ["*"];
        foreach ((string name, JsonObject definition) in repositories.All())
            if (wanted.Exists(pattern => Wildcard.IsMatch(pattern, name)))
                found[name] = definition;
        foreach (string name in wanted)
            if (!Wildcard.IsPattern(name) && !found.ContainsKey(name))
                throw Repositories.Missing(name);
        return found;
    }

    private RestResponse DeleteRepository(RestRequest request)
    {
        repositories.Delete(request.Required("repository"));
        return RestResponse.Acknowledged;
    }

    private async Task<RestResponse> VerifyAsync(RestRequest request, CancellationToken cancel)
    {
        await repositories.VerifyAsync(request.Required("repository"), cancel);
        return new JsonObject { ["nodes"] = new JsonObject { [node.Id] = new JsonObject { ["name"] = node.Name } } };
    }

    private async Task<RestResponse> CleanUpAsync(RestRequest request, CancellationToken cancel)
    {
        int deleted = await snapshots.CleanUpAsync(request.Required("repository"), cancel);
        return new JsonObject { ["results"] = new JsonObject { ["deleted_bytes"] = 0, ["deleted_blobs"] = deleted } };
    }

    private async Task<RestResponse> CreateAsync(RestRequest request, CancellationToken cancel)
    {
        SnapshotPlan plan = await snapshots.PlanAsync(request.Required("repository"), request.Required("snapshot"), request.JsonBody() ?? [], null, cancel);
        if (request.Flag("wait_for_completion"))
            return new JsonObject { ["snapshot"] = (await snapshots.RunAsync(plan, cancel)).DeepClone() };
        snapshots.Start(async () =>
        {
            try
            {
                await snapshots.RunAsync(plan, CancellationToken.None);
            }
            catch (Exception e) when (e is ElasticsearchException or IOException or UnauthorizedAccessException)
            {
                LogFailed(logger, e, Json.Scalar(plan.Info["snapshot"])!);
            }
        });
        return new JsonObject { ["accepted"] = true };
    }

    private async Task<RestResponse> GetAsync(RestRequest request, CancellationToken cancel)
    {
        string repository = request.Required("repository");
        List<JsonObject> found = await FindAsync(repository, request.Required("snapshot"), request.Flag("ignore_unavailable"), cancel);
        JsonObject answer = new() { ["snapshots"] = new JsonArray([.. found.Select(info => Shown(request, info))]) };
        if (!node.Version.HasTypes)
            (answer["total"], answer["remaining"]) = (found.Count, 0);
        return answer;
    }

    /// <summary>Names, patterns, <c>_all</c> and <c>_current</c>; the snapshot being taken is among them.</summary>
    private async Task<List<JsonObject>> FindAsync(string repository, string expression, bool ignoreUnavailable, CancellationToken cancel)
    {
        List<JsonObject> all = expression == "_current" ? [] : await SnapshotService.ListAsync(repositories.Get(repository), cancel);
        if (snapshots.Current is { } current && current.Repository == repository)
        {
            JsonObject info = (JsonObject)current.Info.DeepClone();
            info["state"] = "IN_PROGRESS";
            all.Add(info);
        }

        List<JsonObject> found = [];
        foreach (string name in Json.Strings(expression))
        {
            string pattern = name is "_all" or "_current" ? "*" : name;
            List<JsonObject> matching = [.. all.Where(info => Wildcard.IsMatch(pattern, Json.Scalar(info["snapshot"])!))];
            if (matching.Count == 0 && !Wildcard.IsPattern(pattern) && !ignoreUnavailable)
                throw SnapshotService.Missing(repository, name);
            found.AddRange(matching.Where(info => !found.Contains(info)));
        }

        return found;
    }

    private static JsonObject Shown(RestRequest request, JsonObject info)
    {
        if (request.Flag("verbose", true))
            return info;
        return new JsonObject
        {
            ["snapshot"] = info["snapshot"]?.DeepClone(),
            ["uuid"] = info["uuid"]?.DeepClone(),
            ["indices"] = info["indices"]?.DeepClone(),
            ["state"] = info["state"]?.DeepClone(),
        };
    }

    private async Task<RestResponse> DeleteAsync(RestRequest request, CancellationToken cancel)
    {
        string repository = request.Required("repository");
        foreach (JsonObject info in await FindAsync(repository, request.Required("snapshot"), false, cancel))
            await snapshots.DeleteAsync(repository, Json.Scalar(info["snapshot"])!, cancel);
        return RestResponse.Acknowledged;
    }

    private async Task<RestResponse> RestoreAsync(RestRequest request, CancellationToken cancel)
    {
        string name = request.Required("snapshot");
        List<string> restored = await snapshots.RestoreAsync(request.Required("repository"), name, request.JsonBody() ?? [], cancel);
        if (!request.Flag("wait_for_completion"))
            return new JsonObject { ["accepted"] = true };
        return new JsonObject
        {
            ["snapshot"] = new JsonObject
            {
                ["snapshot"] = name,
                ["indices"] = new JsonArray([.. restored.Select(index => (JsonNode?)index)]),
                ["shards"] = new JsonObject { ["total"] = restored.Count, ["failed"] = 0, ["successful"] = restored.Count },
            },
        };
    }

    private async Task<RestResponse> StatusAsync(RestRequest request, CancellationToken cancel)
    {
        JsonArray described = [];
        if (request["snapshot"] is { } expression)
        {
            Repository repository = repositories.Get(request.Required("repository"));
            foreach (JsonObject info in await FindAsync(repository.Name, expression, request.Flag("ignore_unavailable"), cancel))
            {
                bool isRunning = Json.Scalar(info["state"]) == "IN_PROGRESS";
                described.Add(SnapshotStatus.Of(repository.Name, info, isRunning ? [] : await repository.ManifestAsync(info, cancel)));
            }
        }
        else if (snapshots.Current is { } current && (request["repository"] ?? current.Repository) == current.Repository)
        {
            described.Add(SnapshotStatus.Of(current.Repository, (JsonObject)current.Info.DeepClone(), []));
        }

        return new JsonObject { ["snapshots"] = described };
    }

    private async Task<RestResponse> CatSnapshotsAsync(RestRequest request, CancellationToken cancel)
    {
        CatTable table = new(
            ("id", false), ("repository", false), ("status", true), ("start_epoch", false), ("start_time", false), ("end_epoch", false), ("end_time", false),
            ("duration", true), ("indices", true), ("successful_shards", true), ("failed_shards", true), ("total_shards", true))
        {
            Hidden = node.Version.HasTypes ? ["repository"] : [],
        };
        foreach (string repository in request["repository"] is { } named ? Json.Strings(named) : [.. repositories.All().Select(repository => repository.Name)])
        {
            foreach (JsonObject info in await FindAsync(repository, "_all", true, cancel))
            {
                string? Member(string name) => Json.Scalar(info[name]);
                string? Clock(string name) => info[name]?.GetValue<long>() is { } millis
                    ? DateTimeOffset.FromUnixTimeMilliseconds(millis).ToString("HH:mm:ss", CultureInfo.InvariantCulture)
                    : null;
                string? Epoch(string name) => info[name]?.GetValue<long>() is { } millis ? (millis / 1000).ToString(CultureInfo.InvariantCulture) : null;
                table.Add(
                    Member("snapshot"), repository, Member("state"), Epoch("start_time_in_millis"), Clock("start_time_in_millis"), Epoch("end_time_in_millis"),
                    Clock("end_time_in_millis"), TimeValue.Format(TimeSpan.FromMilliseconds(info["duration_in_millis"]?.GetValue<long>() ?? 0)),
                    ((JsonArray)info["indices"]!).Count.ToString(CultureInfo.InvariantCulture), Json.Scalar(info["shards"]?["successful"]),
                    Json.Scalar(info["shards"]?["failed"]), Json.Scalar(info["shards"]?["total"]));
            }
        }

        return table.Render(request);
    }

    private RestResponse CatRepositories(RestRequest request)
    {
        CatTable table = new(("id", false), ("type", false));
        foreach ((string name, JsonObject definition) in repositories.All())
            table.Add(name, Json.Scalar(definition["type"]));
        return table.Render(request);
    }

    private RestResponse CatRecovery(RestRequest request)
    {
        CatTable table = new(
            ("index", false), ("shard", false), ("time", false), ("type", false), ("stage", false), ("source_host", false), ("source_node", false),
            ("target_host", false), ("target_node", false), ("repository", false), ("snapshot", false), ("files", false), ("files_recovered", false),
            ("files_percent", false), ("files_total", false), ("bytes", false), ("bytes_recovered", false), ("bytes_percent", false), ("bytes_total", false),
            ("translog_ops", false), ("translog_ops_recovered", false), ("translog_ops_percent", false));
        foreach (LocalIndex index in expressions.Resolve(request))
        {
            JsonObject? restored = snapshots.Recoveries.GetValueOrDefault(index.Name);
            string files = Json.Scalar(restored?["files"]) ?? "0";
            string bytes = CatTable.Size(restored?["bytes"]?.GetValue<long>() ?? 0, request)!;
            table.Add(
                index.Name, "0", TimeValue.Format(TimeSpan.FromMilliseconds(restored?["millis"]?.GetValue<long>() ?? 0)),
                restored is null ? "empty_store" : "snapshot",
                "done", "n/a", "n/a", node.Address.Host, node.Name, Json.Scalar(restored?["repository"]) ?? "n/a", Json.Scalar(restored?["snapshot"]) ?? "n/a",
                files, files, "100.0%", files, bytes, bytes, "100.0%", bytes, "0", "0", "100.0%");
        }

        return table.Render(request);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The snapshot {Snapshot} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string snapshot);
}
