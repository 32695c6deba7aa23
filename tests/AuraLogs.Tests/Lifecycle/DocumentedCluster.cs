using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AuraLogs.Tests.Elasticsearch;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>
/// The control plane of an Elasticsearch of any version, as its documentation and its release notes have it: what it keeps, what it
/// adds to what was put, what it refuses. The local Elasticsearch is the real thing for one version; this is for all the others.
/// </summary>
internal sealed class DocumentedCluster(Version version) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private HttpServer? _server;

    public Uri Url => _server!.Url;

    /// <summary>What was put, by path.</summary>
    public ConcurrentDictionary<string, JsonObject> Resources { get; } = new();

    /// <summary>The paths of all PUT requests, in order.</summary>
    public ConcurrentQueue<string> Puts { get; } = new();

    /// <summary>When SLM last took a good snapshot.</summary>
    public DateTimeOffset? LastGoodSnapshot { get; set; }

    /// <summary>Changes what is kept of a PUT, as a version might that nobody has seen yet.</summary>
    public Action<string, JsonObject> Keep { get; set; } = (_, _) => { };

    public static async Task<DocumentedCluster> StartAsync(string version)
    {
        var cluster = new DocumentedCluster(Version.Parse(version));
        cluster._server = await HttpServer.StartAsync(cluster.AnswerAsync);
        return cluster;
    }

    public async ValueTask DisposeAsync() => await _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var body = context.Request.Method == "PUT" ? (await JsonNode.ParseAsync(context.Request.Body))!.AsObject() : null;
        var path = context.Request.Path.Value!;
        JsonObject answer;
        int status;
        lock (_lock)
            (status, answer) = body is null ? Get(path) : Put(path, body);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        await context.Response.WriteAsync(answer.ToJsonString());
    }

    private (int Status, JsonObject Answer) Get(string path)
    {
        if (path == "/")
            return (200, new JsonObject { ["version"] = new JsonObject { ["number"] = version.ToString() } });
        if (path.EndsWith("/_ilm/explain", StringComparison.Ordinal))
            return (200, new JsonObject { ["indices"] = new JsonObject() });
        if (path is "/_ilm/status" or "/_slm/status")
            return (200, new JsonObject { ["operation_mode"] = "RUNNING" });
        if (path.StartsWith("/_index_template/", StringComparison.Ordinal) && version < new Version(7, 8))
            return (405, new JsonObject { ["error"] = $"Incorrect HTTP method for uri [{path}] and method [GET], allowed: [POST]", ["status"] = 405 });
        if (!Resources.TryGetValue(path, out var resource))
            return Error(404, "resource_not_found_exception", "not found");
        var name = path.Split('/')[^1];
        var kept = resource.DeepClone();
        return (200, path.Split('/')[1] switch
        {
            "_ilm" => new JsonObject { [name] = new JsonObject { ["version"] = 1, ["policy"] = kept } },
            "_slm" => new JsonObject { [name] = Slm(kept) },
            "_index_template" => new JsonObject
            {
                ["index_templates"] = new JsonArray(new JsonObject { ["name"] = name, ["index_template"] = kept }),
            },
            _ => new JsonObject { [name] = kept },
        });
    }

    private JsonObject Slm(JsonNode policy)
    {
        var answer = new JsonObject { ["version"] = 1, ["modified_date_millis"] = 0, ["policy"] = policy };
        if (LastGoodSnapshot is { } last)
            answer["last_success"] = new JsonObject { ["snapshot_name"] = "good", ["time"] = last.ToUnixTimeMilliseconds() };
        return answer;
    }

    private (int Status, JsonObject Answer) Put(string path, JsonObject body)
    {
        var refusal = path.Split('/')[1] switch
        {
            "_ilm" => KeepPolicy(body = body["policy"]!.DeepClone().AsObject()),
            "_slm" => RefuseSnapshotPolicy(body),
            "_template" => KeepTemplate(body, body),
            "_index_template" => KeepComposable(body),
            _ => null,
        };
        if (refusal is not null)
            return Error(400, "illegal_argument_exception", refusal);
        Puts.Enqueue(path);
        Keep(path, body);
        Resources[path] = body.DeepClone().AsObject();
        return (200, new JsonObject { ["acknowledged"] = true });
    }

    private string? KeepPolicy(JsonObject policy)
    {
        if (policy.ContainsKey("_meta") && version < new Version(7, 14))
            return "unknown field [_meta]";
        var delete = policy["phases"]?["delete"]?["actions"];
        if (delete?["wait_for_snapshot"] is { } wait)
        {
            if (version < new Version(7, 6))
                return "unable to parse LifecycleAction with name [wait_for_snapshot]: parser not found";
            if (version >= new Version(7, 16) && !Resources.ContainsKey($"/_slm/policy/{wait["policy"]}"))
                return $"no such snapshot lifecycle policy [{wait["policy"]}]";
        }

        if (version >= new Version(7, 8) && delete?["delete"] is JsonObject action)
            action["delete_searchable_snapshot"] = true;
        return null;
    }

    private string? RefuseSnapshotPolicy(JsonObject policy) =>
        !Resources.ContainsKey($"/_snapshot/{policy["repository"]}") ? $"no such repository [{policy["repository"]}]"
        : policy.ContainsKey("retention") && version < new Version(7, 5) ? "unknown field [retention]"
        : null;

    private string? KeepComposable(JsonObject template)
    {
        template["composed_of"] = new JsonArray();
        return KeepTemplate(template, template["template"]!.AsObject());
    }

    /// <summary>Settings come back nested, below <c>index</c>, and as text; what the version doesn't know is refused.</summary>
    private string? KeepTemplate(JsonObject whole, JsonObject template)
    {
        var nested = new JsonObject();
        foreach (var (key, value) in template["settings"]!.AsObject())
        {
            if ((key == "index.lifecycle.parse_origination_date" && version < new Version(7, 5))
                || (key == "index.mapping.total_fields.ignore_dynamic_beyond_limit" && version < new Version(8, 14)))
            {
                return $"unknown setting [{key}]";
            }

            var parts = key.Split('.');
            var place = nested;
            foreach (var part in parts[..^1])
                place = (place[part] ??= new JsonObject()).AsObject();
            place[parts[^1]] = value!.ToString();
        }

        template["settings"] = nested;
        if (whole == template)
            template["aliases"] = new JsonObject();
        return null;
    }

    private static (int Status, JsonObject Answer) Error(int status, string type, string reason) =>
        (status, new JsonObject { ["error"] = new JsonObject { ["type"] = type, ["reason"] = reason }, ["status"] = status });
}
