using System.Net.Http.Json;
using AuraLogs.EndToEnd.Harness;
using AuraLogs.LocalElasticsearch;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.EndToEnd.Indexing;

/// <summary>
/// An Elasticsearch for one test: the one that <c>AURALOGS_TEST_ELASTICSEARCH</c> names, or a local one of the test's own. Indices
/// have a prefix of the test's own; they, the templates and policies named after it and the dead letters of it are deleted after the test.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly HttpClient _http = new();
    private LocalElasticsearchServer? _local;

    public Uri Url { get; private set; } = null!;

    public string IndexPrefix { get; } = $"aura-test-{Guid.NewGuid():N}";

    /// <summary>The one that is named; null, where there is none, stands for the service's own.</summary>
    public static Cluster? Named() =>
        Environment.GetEnvironmentVariable("AURALOGS_TEST_ELASTICSEARCH") is { Length: > 0 } url ? new Cluster { Url = new Uri(url) } : null;

    public static async Task<Cluster> StartAsync()
    {
        if (Named() is { } named)
            return named;
        var cluster = new Cluster();

        var options = new LocalElasticsearchOptions { Port = 0, Path = cluster._directory.Path };
        cluster._local = await LocalElasticsearchServer.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, (what, e) => throw new InvalidOperationException(what, e), default);
        cluster.Url = cluster._local.Address;
        return cluster;
    }

    /// <summary>The service's settings for this cluster, reached at <paramref name="urls"/>, with waits that suit tests.</summary>
    public (string, string)[] Settings(params Uri[] urls) =>
    [
        ("AuraLogs:Elasticsearch:Urls", string.Join(',', urls.Select(url => url.ToString()))),
        ("AuraLogs:Indexing:IndexPrefix", IndexPrefix),
        ("AuraLogs:Indexing:RetryDelay", "00:00:00.020"),
        ("AuraLogs:Indexing:MaxRetryDelay", "00:00:00.200"),
        ("AuraLogs:Indexing:SlowRetryDelay", "00:00:00.200"),
        // The poison is a field of another type: it shall be a dead letter, not moved aside.
        ("AuraLogs:Indexing:HealConflicts", "false"),
    ];

    public async Task PutAsync(string path, object body)
    {
        using var answer = await _http.PutAsJsonAsync(new Uri(Url, path), body);
        answer.EnsureSuccessStatusCode();
    }

    public async Task DeleteAsync(string path)
    {
        using var answer = await _http.DeleteAsync(new Uri(Url, path));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What a version does not have is a 404 or a 405; whatever is left over is said.</summary>
    private async Task CleanUpAsync()
    {
        // Templates before policies, which can't be deleted while a template or an index names them.
        string[] paths =
        [
            $"/{IndexPrefix}-*", $"/restored-{IndexPrefix}-*", $"/_index_template/{IndexPrefix}", $"/_template/{IndexPrefix}",
            $"/_slm/policy/{IndexPrefix}-daily", $"/_ilm/policy/{IndexPrefix}",
        ];
        foreach (var path in paths)
        {
            using var answer = await _http.DeleteAsync(new Uri(Url, path));
            if (!answer.IsSuccessStatusCode && (int)answer.StatusCode is not (400 or 404 or 405))
                Console.WriteLine($"DELETE {path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }

        using var letters = await _http.PostAsJsonAsync(
            new Uri(Url, "/aura-dead-letters-*/_delete_by_query?conflicts=proceed&refresh=true"),
            new { query = new { prefix = new { index = IndexPrefix } } });
    }

    public async ValueTask DisposeAsync()
    {
        if (_local is null)
            await CleanUpAsync();
        else
            await _local.DisposeAsync();
        _http.Dispose();
        _directory.Dispose();
    }
}
