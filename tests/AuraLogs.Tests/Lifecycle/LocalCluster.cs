using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.Lifecycle;
using AuraLogs.LocalElasticsearch;
using AuraLogs.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>The local Elasticsearch with a clock that the test moves, and the lifecycle that looks after it.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly LocalElasticsearchServer _server;
    private readonly HttpClient _http = new();
    private readonly string _path;

    private LocalCluster(LocalElasticsearchServer server, ManualTime time, string path, LifecycleOptions options)
    {
        (_server, Time, _path) = (server, time, path);
        _http.BaseAddress = server.Address;
        Lifecycle = new ManagedCluster(server.Address, time, options);
    }

    public ManualTime Time { get; }

    public Uri Url => _server.Address;

    public ManagedCluster Lifecycle { get; }

    public static async Task<LocalCluster> StartAsync(
        DateTimeOffset start, string version = "8.19.0", LifecycleOptions? options = null, Action<LocalElasticsearchOptions>? configure = null)
    {
        var path = Path.Combine(Path.GetTempPath(), $"auralogs-lifecycle-{Guid.NewGuid():N}");
        var time = new ManualTime(start);
        var local = new LocalElasticsearchOptions { Port = 0, Path = path, Version = version };
        configure?.Invoke(local);
        var server = await LocalElasticsearchServer.StartAsync(local, time, NullLoggerFactory.Instance, (what, e) => throw new InvalidOperationException(what, e), CancellationToken.None);
        return new LocalCluster(server, time, path, options ?? new LifecycleOptions());
    }

    public async Task<JsonNode> SendAsync(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path} answered {(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Writes an event of this moment into its day's index.</summary>
    public Task IndexAsync(string message) => SendAsync(
        "PUT", $"/{IndexOf(Time.GetUtcNow())}/_create/{Guid.NewGuid():N}?refresh=true",
        new JsonObject { ["@timestamp"] = Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture), ["message"] = message }.ToJsonString());

    public async Task<IReadOnlyList<string>> IndicesAsync(string pattern = "aura-services-*") =>
        [.. (await SendAsync("GET", $"/_cat/indices/{pattern}?format=json&h=index")).AsArray().Select(index => (string)index!["index"]!).Order(StringComparer.Ordinal)];

    public async Task<long> CountAsync(string index, string message) =>
        (long)(await SendAsync("GET", $"/{index}/_count", new JsonObject { ["query"] = new JsonObject { ["match"] = new JsonObject { ["message"] = message } } }.ToJsonString()))["count"]!;

    /// <summary>Moves the clock, and lets ILM and SLM do what is due at each of the steps.</summary>
    public async Task PassAsync(TimeSpan time, TimeSpan step, Func<Task<bool>>? until = null)
    {
        for (var end = Time.GetUtcNow() + time; Time.GetUtcNow() < end;)
        {
            Time.Advance(step);
            if (until is not null)
                await WaitAsync(until, "what should have happened by now has not");
        }
    }

    public async Task WaitAsync(Func<Task<bool>> condition, string otherwise)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"{otherwise} ({Time.GetUtcNow():u})");
            await Task.Delay(10);
        }
    }

    public static string IndexOf(DateTimeOffset day) => $"aura-services-{day.UtcDateTime.ToString("yyyy.MM.dd", CultureInfo.InvariantCulture)}";

    public async ValueTask DisposeAsync()
    {
        Lifecycle.Dispose();
        _http.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_path, recursive: true);
    }
}
