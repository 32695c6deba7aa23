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

    public Uri Url { get; private set; } = null!;

    /// <summary>How many bulk requests something happened to.</summary>
    public int Troubled { get; private set; }

    public static async Task<ChaosProxy> StartAsync(Uri upstream, int seed, double trouble = 0)
    {
        var proxy = new ChaosProxy(upstream, seed) { Trouble = trouble };
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
                await PassHalfAsync(context, body);
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

    /// <summary>Every second item reaches Elasticsearch; the write queue is full for the others.</summary>
    private async Task PassHalfAsync(HttpContext context, byte[] body)
    {
        var lines = Encoding.UTF8.GetString(body).Split('\n');
        var passed = new StringBuilder();
        for (var item = 0; item < lines.Length / 2; item += 2)
            passed.Append(lines[2 * item]).Append('\n').Append(lines[(2 * item) + 1]).Append('\n');
        using var answer = await SendAsync(context, Encoding.UTF8.GetBytes(passed.ToString()));
        var results = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["items"]!.AsArray();
        var items = new JsonArray();
        for (var item = 0; item < lines.Length / 2; item++)
        {
            items.Add(item % 2 == 0
                ? results[item / 2]!.DeepClone()
                : JsonNode.Parse("""{"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"rejected"}}}"""));
        }

        await context.Response.WriteAsync(new JsonObject { ["errors"] = true, ["items"] = items }.ToJsonString());
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
