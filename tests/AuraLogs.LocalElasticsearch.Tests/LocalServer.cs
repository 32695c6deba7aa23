using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.LocalElasticsearch.Tests;

/// <summary>A local Elasticsearch on a free port with a directory of its own, and a client for it.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly bool _ownsPath;
    private LocalElasticsearchServer _server = null!;

    private LocalServer(LocalElasticsearchOptions options, bool ownsPath) => (Options, _ownsPath) = (options, ownsPath);

    public LocalElasticsearchOptions Options { get; }

    public Uri Address => _server.Address;

    public static async Task<LocalServer> StartAsync(Action<LocalElasticsearchOptions>? configure = null, TimeProvider? time = null)
    {
        LocalElasticsearchOptions options = new()
        {
            Port = 0,
            Path = Path.Combine(Path.GetTempPath(), "auralogs-es-" + Guid.NewGuid().ToString("N")),
        };
        configure?.Invoke(options);
        LocalServer server = new(options, ownsPath: true);
        await server.OpenAsync(time);
        return server;
    }

    /// <summary>Stops and starts on the same directory.</summary>
    public async Task RestartAsync(TimeProvider? time = null)
    {
        await _server.DisposeAsync();
        await OpenAsync(time);
    }

    public async Task<(int Status, JsonNode? Body)> SendAsync(string method, string path, string? body = null, string type = "application/json")
    {
        using HttpResponseMessage response = await SendRawAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), type);
        string text = await response.Content.ReadAsStringAsync();
        bool isJson = response.Content.Headers.ContentType?.MediaType?.Contains("json", StringComparison.Ordinal) == true && text.Length > 0;
        return ((int)response.StatusCode, isJson ? JsonNode.Parse(text) : text);
    }

    public async Task<HttpResponseMessage> SendRawAsync(string method, string path, byte[]? body, string type = "application/json", string? encoding = null)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), new Uri(Address, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            if (encoding is not null)
                request.Content.Headers.ContentEncoding.Add(encoding);
        }

        return await _client.SendAsync(request);
    }

    /// <summary>Sends and insists on 2xx.</summary>
    public async Task<JsonNode> OkAsync(string method, string path, string? body = null, string type = "application/json")
    {
        (int status, JsonNode? json) = await SendAsync(method, path, body, type);
        Assert.True(status is >= 200 and < 300, $"{method} {path} answered {status}: {json}");
        return json!;
    }

    public Task<JsonNode> BulkAsync(params IEnumerable<string> lines) => OkAsync("POST", "/_bulk", string.Join('\n', lines) + "\n", "application/x-ndjson");

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _client.Dispose();
        if (_ownsPath)
            Directory.Delete(Options.Path, recursive: true);
    }

    private async Task OpenAsync(TimeProvider? time) =>
        _server = await LocalElasticsearchServer.StartAsync(Options, time ?? TimeProvider.System, NullLoggerFactory.Instance, (what, e) => throw new InvalidOperationException(what, e), default);
}
