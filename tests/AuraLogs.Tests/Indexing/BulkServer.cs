using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.Tests.Elasticsearch;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.Tests.Indexing;

/// <summary>
/// Keeps what a <c>_bulk</c> request creates, with the semantics that matter here (an id is created once in its index), and answers
/// each item as the test says.
/// </summary>
internal sealed class BulkServer : IAsyncDisposable
{
    private HttpServer _server = null!;

    /// <summary>What was created, by index and id.</summary>
    public ConcurrentDictionary<(string Index, string Id), JsonElement> Documents { get; } = [];

    /// <summary>The documents of the log indices.</summary>
    public IEnumerable<KeyValuePair<(string Index, string Id), JsonElement>> Logs =>
        Documents.Where(document => document.Key.Index.StartsWith("aura-services-", StringComparison.Ordinal));

    public IEnumerable<KeyValuePair<(string Index, string Id), JsonElement>> DeadLetters =>
        Documents.Where(document => document.Key.Index.StartsWith("aura-dead-letters-", StringComparison.Ordinal));

    /// <summary>How many items came, refused ones and repeated ones too.</summary>
    public int Items;

    public int Requests => _server.Requests;

    public Uri Url => _server.Url;

    /// <summary>Answers a request in place of the server (returns true); it may call <see cref="ApplyAsync"/> before.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    /// <summary>Refuses an item with a status and an error type, or takes it (null).</summary>
    public Func<string, JsonElement, (int Status, string Type, string Reason)?>? Refuse { get; set; }

    public static async Task<BulkServer> StartAsync()
    {
        var server = new BulkServer();
        server._server = await HttpServer.StartAsync(server.AnswerAsync);
        return server;
    }

    /// <summary>Carries the request out.</summary>
    /// <returns>The answer.</returns>
    public async Task<string> ApplyAsync(HttpContext context)
    {
        Stream body = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        using var reader = new StreamReader(body, Encoding.UTF8);
        var items = new JsonArray();
        var errors = false;
        while (await reader.ReadLineAsync() is { } action)
        {
            var target = JsonElement.Parse(action).GetProperty("create");
            var document = JsonElement.Parse((await reader.ReadLineAsync())!);
            Interlocked.Increment(ref Items);
            var item = Apply(target.GetProperty("_index").GetString()!, target.GetProperty("_id").GetString()!, document);
            errors |= item["error"] is not null;
            items.Add(new JsonObject { ["create"] = item });
        }

        return new JsonObject { ["errors"] = errors, ["items"] = items }.ToJsonString();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private JsonObject Apply(string index, string id, JsonElement document)
    {
        if (Refuse?.Invoke(index, document) is { } refusal)
            return Error(refusal.Status, refusal.Type, refusal.Reason);
        return Documents.TryAdd((index, id), document)
            ? new JsonObject { ["status"] = 201 }
            : Error(409, "version_conflict_engine_exception", $"[{id}]: version conflict, document already exists (current version [1])");
    }

    private static JsonObject Error(int status, string type, string reason) =>
        new() { ["status"] = status, ["error"] = new JsonObject { ["type"] = type, ["reason"] = reason } };

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path != "/_bulk")
        {
            await context.Response.WriteAsync("{}");
            return;
        }

        if (Intercept is not null && await Intercept(context))
            return;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(await ApplyAsync(context));
    }
}
