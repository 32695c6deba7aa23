using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AuraLogs.EndToEnd.Indexing;

/// <summary>
/// Stands between AuraLogs and a real Elasticsearch and does to bulk requests what clusters and networks do. Everything else
/// passes. Which fault comes when follows from a seed.
/// </summary>
internal sealed class ChaosProxy : IAsyncDisposable
{
    private const string QueueFull = """{"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"rejected"}}}""";
    private const string NullPointer = """{"create":{"status":500,"error":{"type":"null_pointer_exception","reason":"it is null"}}}""";

    private static readonly Fault[] Faults = Enum.GetValues<Fault>();

    private readonly HttpClient _upstream;
    private readonly Lock _lock = new();
    private readonly Random _random;
    private WebApplication? _server;

    private ChaosProxy(Uri upstream, int seed)
    {
        _upstream = new HttpClient { BaseAddress = upstream };
        _random = new Random(seed);
    }

    /// <summary>What can happen to a bulk request.</summary>
    private enum Fault
    {
        Overloaded,
        Unavailable,
        ResetBefore,
        ResetAfter,
        CutAnswer,
        Page,
        Slow,
        SomeItemsRefused,
    }

    /// <summary>How often something happens to a bulk request, from 0 to 1.</summary>
    public double Trouble { get; set; }

    /// <summary>Documents that hold this text are answered 500, always, and never reach Elasticsearch.</summary>
    public string? Stubborn { get; init; }

    public Uri Url { get; private set; } = null!;

    /// <summary>How many bulk requests something happened to.</summary>
    public int Troubled { get; private set; }

    public static async Task<ChaosProxy> StartAsync(Uri upstream, int seed, double trouble = 0, string? stubborn = null)
    {
        var proxy = new ChaosProxy(upstream, seed) { Trouble = trouble, Stubborn = stubborn };
        await proxy.ListenAsync(port: 0);
        return proxy;
    }

    /// <summary>Refuses connections and breaks those that are open, as a node that restarts.</summary>
    public async Task StopListeningAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _server!.StopAsync(now.Token);
        await _server.DisposeAsync();
        _server = null;
    }

    /// <summary>Listens again, on the same port.</summary>
    public Task ListenAgainAsync() => ListenAsync(Url.Port);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await StopListeningAsync();
        _upstream.Dispose();
    }

    private async Task ListenAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var server = builder.Build();
        server.Run(AnswerAsync);
        await server.StartAsync();
        _server = server;
        Url = new Uri(server.Urls.First());
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var received = new MemoryStream();
        await context.Request.Body.CopyToAsync(received);
        var body = received.ToArray();
        if (context.Request.Path == "/_bulk" && Draw() is { } fault)
            await FailAsync(context, body, fault);
        else if (context.Request.Path == "/_bulk" && Stubborn is { } text)
            await PassSomeAsync(context, body, (_, action, document) => !document.Contains(text, StringComparison.Ordinal) || action.Contains("dead-letters", StringComparison.Ordinal), NullPointer);
        else
            await PassAsync(context, body);
    }

    private Fault? Draw()
    {
        lock (_lock)
        {
            if (_random.NextDouble() >= Trouble)
                return null;
            Troubled++;
            return Faults[_random.Next(Faults.Length)];
        }
    }

    private async Task FailAsync(HttpContext context, byte[] body, Fault fault)
    {
        switch (fault)
        {
            case Fault.Overloaded:
                context.Response.StatusCode = 429;
                await context.Response.WriteAsync("""{"error":{"type":"circuit_breaking_exception","reason":"[parent] Data too large"},"status":429}""");
                break;
            case Fault.Unavailable:
                context.Response.StatusCode = 503;
                await context.Response.WriteAsync("""{"error":{"type":"cluster_block_exception","reason":"no master"},"status":503}""");
                break;
            case Fault.ResetBefore:
                context.Abort();
                break;
            case Fault.ResetAfter:
                await SendAsync(context, body);
                context.Abort();
                break;
            case Fault.CutAnswer:
                var whole = await (await SendAsync(context, body)).Content.ReadAsByteArrayAsync();
                context.Response.ContentLength = whole.Length;
                await context.Response.Body.WriteAsync(whole.AsMemory(0, whole.Length / 2));
                await context.Response.Body.FlushAsync();
                context.Abort();
                break;
            case Fault.Page:
                await SendAsync(context, body);
                await context.Response.WriteAsync("<html><h1>Something went wrong</h1></html>");
                break;
            case Fault.Slow:
                await Task.Delay(300);
                await PassAsync(context, body);
                break;
            case Fault.SomeItemsRefused:
                await PassSomeAsync(context, body, (item, _, _) => item % 2 == 0, QueueFull);
                break;
        }
    }

    private async Task PassAsync(HttpContext context, byte[] body)
    {
        using var answer = await SendAsync(context, body);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body);
    }

    /// <summary>The items that pass reach Elasticsearch; the others are refused.</summary>
    private async Task PassSomeAsync(HttpContext context, byte[] body, Func<int, string, string, bool> passes, string refusal)
    {
        var items = Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries).Chunk(2)
            .Select((lines, item) => (Text: $"{lines[0]}\n{lines[1]}\n", Passes: passes(item, lines[0], lines[1]))).ToList();
        var passed = new Queue<JsonNode?>();
        if (items.Any(item => item.Passes))
        {
            using var answer = await SendAsync(context, Encoding.UTF8.GetBytes(string.Concat(items.Where(item => item.Passes).Select(item => item.Text))));
            passed = new Queue<JsonNode?>(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["items"]!.AsArray());
        }

        var results = items.Select(item => item.Passes ? passed.Dequeue()!.DeepClone() : JsonNode.Parse(refusal));
        await context.Response.WriteAsync(new JsonObject { ["errors"] = true, ["items"] = new JsonArray([.. results]) }.ToJsonString());
    }

    private async Task<HttpResponseMessage> SendAsync(HttpContext context, byte[] body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path + context.Request.QueryString.ToString());
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        return await _upstream.SendAsync(request);
    }
}
