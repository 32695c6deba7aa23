using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AuraLogs.Tests.Elasticsearch;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>
/// A server that keeps data views as Kibana documents it: 8.x under <c>/api/data_views</c>, 7.x as saved objects. Requests that
/// change something need the header <c>kbn-xsrf</c>; a title or an id that exists is a conflict.
/// </summary>
internal sealed class KibanaServer : IAsyncDisposable
{
    private HttpServer? _server;

    /// <summary>The title by id.</summary>
    public ConcurrentDictionary<string, string> Titles { get; } = new();

    public ConcurrentQueue<string> Authorizations { get; } = new();

    public int Created { get; private set; }

    /// <summary>Answers every request with this status, when set.</summary>
    public int? Refusal { get; set; }

    public string Url => _server!.Url.ToString();

    public static async Task<KibanaServer> StartAsync()
    {
        var kibana = new KibanaServer();
        kibana._server = await HttpServer.StartAsync(kibana.AnswerAsync);
        return kibana;
    }

    public async ValueTask DisposeAsync() => await _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        Authorizations.Enqueue(request.Headers.Authorization.ToString());
        var body = request.Method == "POST" ? await JsonNode.ParseAsync(request.Body) : null;
        var (status, answer) = Answer(request, body);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(answer.ToJsonString());
    }

    private (int Status, JsonObject Answer) Answer(HttpRequest request, JsonNode? body)
    {
        if (Refusal is { } refusal)
            return Error(refusal, "refused");
        if (request.Method == "POST" && !request.Headers.ContainsKey("kbn-xsrf"))
            return Error(400, "Request must contain a kbn-xsrf header.");
        var path = request.Path.Value!;
        return (request.Method, path) switch
        {
            ("GET", "/api/data_views") => (200, new JsonObject { ["data_view"] = List((id, title) => new() { ["id"] = id, ["title"] = title }) }),
            ("POST", "/api/data_views/data_view") => Create(
                (string)body!["data_view"]!["id"]!, (string)body["data_view"]!["title"]!, (string?)body["data_view"]!["timeFieldName"],
                title => Error(400, $"Duplicate data view: {title}")),
            ("GET", "/api/saved_objects/_find") => (200, new JsonObject
            {
                ["saved_objects"] = List((id, title) => new()
                {
                    ["type"] = "index-pattern",
                    ["id"] = id,
                    ["attributes"] = new JsonObject { ["title"] = title },
                }),
            }),
            ("POST", _) when path.StartsWith("/api/saved_objects/index-pattern/", StringComparison.Ordinal) => Create(
                path.Split('/')[^1], (string)body!["attributes"]!["title"]!, (string?)body["attributes"]!["timeFieldName"],
                _ => Error(409, "Saved object conflict")),
            _ => Error(404, "Not Found"),
        };
    }

    private (int Status, JsonObject Answer) Create(string id, string title, string? timeField, Func<string, (int Status, JsonObject Answer)> conflict)
    {
        if (timeField != "@timestamp")
            return Error(400, "no time field");
        if (Titles.Values.Contains(title) || !Titles.TryAdd(id, title))
            return conflict(title);
        Created++;
        return (200, new JsonObject { ["id"] = id });
    }

    private JsonArray List(Func<string, string, JsonObject> item) => [.. Titles.Select(view => (JsonNode)item(view.Key, view.Value))];

    private static (int Status, JsonObject Answer) Error(int status, string message) =>
        (status, new JsonObject { ["statusCode"] = status, ["error"] = "Error", ["message"] = message });
}
