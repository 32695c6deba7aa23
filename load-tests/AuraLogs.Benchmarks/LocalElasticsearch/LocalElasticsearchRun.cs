using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using AuraLogs.LocalElasticsearch;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Benchmarks.LocalElasticsearch;

/// <summary>
/// The local Elasticsearch over HTTP: documents into one index, a request after the other, then searches over all of them. It is a
/// plain run and not BenchmarkDotNet's, because what costs depends on how much is there already.
/// <c>dotnet run -c Release --project load-tests/AuraLogs.Benchmarks -- local-elasticsearch 1000000</c>
/// </summary>
internal sealed class LocalElasticsearchRun : IAsyncDisposable
{
    private const int PerRequest = 4000;
    private const int RequestsPerRound = 10;
    private const int Repeats = 5;

    private static readonly (string Name, string Query)[] Searches =
    [
        ("newest 100", """{"size":100,"sort":[{"@timestamp":"desc"}]}"""),
        ("term", """{"query":{"term":{"kubernetes.container_name.keyword":"orders"}},"size":100}"""),
        ("range of an hour", """{"query":{"range":{"@timestamp":{"gte":"2026-11-22T09:00:00Z","lt":"2026-11-22T10:00:00Z"}}},"size":100}"""),
        ("a word in all fields", """{"query":{"query_string":{"query":"timeout"}},"size":100}"""),
        ("a word in all fields, newest 500", """{"query":{"query_string":{"query":"timeout"}},"size":500,"sort":[{"@timestamp":"desc"}]}"""),
        ("two words in all fields", """{"query":{"query_string":{"query":"redis database","default_operator":"and"}},"size":100}"""),
        ("a phrase", """{"query":{"match_phrase":{"log":"timeout of the upstream"}},"size":100}"""),
        ("histogram by 30 minutes", """{"size":0,"aggs":{"t":{"date_histogram":{"field":"@timestamp","fixed_interval":"30m"}}}}"""),
        ("terms of 60 pods", """{"size":0,"aggs":{"p":{"terms":{"field":"kubernetes.pod_name.keyword","size":60}}}}"""),
        ("terms in a histogram", """{"size":0,"aggs":{"t":{"date_histogram":{"field":"@timestamp","fixed_interval":"30m"},"aggs":{"s":{"terms":{"field":"kubernetes.container_name.keyword"}}}}}}"""),
        ("terms in terms", """{"size":0,"aggs":{"p":{"terms":{"field":"kubernetes.pod_name.keyword","size":60},"aggs":{"l":{"terms":{"field":"level.keyword"}}}}}}"""),
    ];

    private readonly string _path;
    private readonly LocalElasticsearchServer _server;
    private readonly HttpClient _client = new();

    private LocalElasticsearchRun(string path, LocalElasticsearchServer server) => (_path, _server) = (path, server);

    public static async Task RunAsync(int documents)
    {
        var path = Path.Combine(Path.GetTempPath(), "auralogs-bench-" + Guid.NewGuid().ToString("N"));
        var options = new LocalElasticsearchOptions { Port = 0, Path = path };
        var server = await LocalElasticsearchServer.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, (what, e) => throw new InvalidOperationException(what, e), default);
        await using var run = new LocalElasticsearchRun(path, server);
        await run.SendAsync("PUT", "/_index_template/aura", """
            {"index_patterns":["aura-*"],"template":{"mappings":{"properties":{"kubernetes":{"properties":{"labels":{"type":"flattened"}}}}}}}
            """);
        await run.IndexAsync(documents);
        foreach (var (name, query) in Searches)
            await run.SearchAsync(name, query);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_path, recursive: true);
    }

    /// <summary>Only the sending counts, not the making of the documents.</summary>
    private async Task IndexAsync(int documents)
    {
        var bulk = new KubernetesBulk(documents);
        (TimeSpan Wall, TimeSpan Cpu) spent = default;
        long bytes = 0;
        for (var sent = 0; sent < documents;)
        {
            var bodies = new List<byte[]>();
            for (; bodies.Count < RequestsPerRound && sent < documents; sent += PerRequest)
                bodies.Add(bulk.Next(sent, Math.Min(PerRequest, documents - sent)));
            var cpu = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            foreach (var body in bodies)
            {
                bytes += body.Length;
                var answer = await SendAsync("POST", "/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by", body, "application/x-ndjson");
                if (!answer.Contains("\"errors\":false", StringComparison.Ordinal))
                    throw new InvalidOperationException(answer);
            }

            spent.Wall += Stopwatch.GetElapsedTime(start);
            spent.Cpu += Environment.CpuUsage.TotalTime - cpu;
        }

        Print("documents/s", documents / spent.Wall.TotalSeconds);
        Print("CPU us a document", spent.Cpu.TotalMicroseconds / documents);
        Print("bytes a document in the request", (double)bytes / documents);
        var onDisk = Directory.EnumerateFiles(_path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        Print("bytes a document on disk", (double)onDisk / documents);
    }

    /// <summary>The first time, and the median of the next ones.</summary>
    private async Task SearchAsync(string name, string query)
    {
        var millis = new List<double>();
        for (var i = 0; i <= Repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await SendAsync("POST", "/aura-*/_search", query);
            millis.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        var later = millis.Skip(1).Order().ToList();
        Print($"{name}: first ms", millis[0]);
        Print($"{name}: ms", later[later.Count / 2]);
    }

    private Task<string> SendAsync(string method, string path, string body) => SendAsync(method, path, Encoding.UTF8.GetBytes(body), "application/json");

    private async Task<string> SendAsync(string method, string path, byte[] body, string type)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_server.Address, path));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var response = await _client.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? answer : throw new InvalidOperationException(answer);
    }

    private static void Print(string what, double figure) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-48}{figure,12:F1}"));
}
