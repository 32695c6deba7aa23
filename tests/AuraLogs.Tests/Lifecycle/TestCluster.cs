using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Desired;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>
/// An Elasticsearch for one test: a local one of some version, or the one that <c>AURALOGS_TEST_ELASTICSEARCH</c> names. Indices have
/// a prefix of the test's own; they, and the templates and policies named after it, are deleted after the test.
/// </summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private const string Named = "named";

    private readonly HttpClient _http = new();
    private readonly LocalCluster? _local;

    private TestCluster(Uri url, LocalCluster? local, LifecycleOptions options)
    {
        (_http.BaseAddress, _local) = (url, local);

        // A repository is nobody's own: other snapshots of the cluster may lie in it.
        options.Snapshots = false;
        Lifecycle = new ManagedCluster(url, TimeProvider.System, options, names: new LifecycleNames(IndexPrefix, LetterPrefix));
    }

    public Uri Url => _http.BaseAddress!;

    public string IndexPrefix { get; } = $"aura-test-{Guid.NewGuid():N}";

    public ManagedCluster Lifecycle { get; }

    /// <summary>No pattern of templates takes both.</summary>
    private string LetterPrefix => IndexPrefix.Replace("test", "letters", StringComparison.Ordinal);

    private static string NamedUrl => Environment.GetEnvironmentVariable("AURALOGS_TEST_ELASTICSEARCH") ?? "";

    /// <summary>Local ones of these versions, and the named one where there is one.</summary>
    public static TheoryData<string> LocalAndNamed(params string[] versions) =>
        NamedUrl.Length > 0 ? [.. versions, Named] : [.. versions];

    /// <param name="which">A version, or the word that <see cref="LocalAndNamed"/> gives for the named one.</param>
    /// <param name="options">What differs from the defaults.</param>
    public static async Task<TestCluster> StartAsync(string which, LifecycleOptions? options = null)
    {
        var local = which == Named ? null : await LocalCluster.StartAsync(DateTimeOffset.UtcNow, which);
        return new TestCluster(local?.Url ?? new Uri(NamedUrl), local, options ?? new LifecycleOptions());
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

    public async ValueTask DisposeAsync()
    {
        Lifecycle.Dispose();
        if (_local is null)
            await CleanUpAsync();
        else
            await _local.DisposeAsync();
        _http.Dispose();
    }

    /// <summary>Indices, then templates, then policies, which can't be deleted while one of the others names them.</summary>
    private async Task CleanUpAsync()
    {
        foreach (var name in (string[])[IndexPrefix, LetterPrefix])
        {
            foreach (var path in (string[])[$"/{name}-*", $"/_index_template/{name}", $"/_template/{name}", $"/_ilm/policy/{name}"])
            {
                using var answer = await _http.DeleteAsync(path);

                // Nothing is there, or this version has no such thing.
                Assert.True(answer.IsSuccessStatusCode || (int)answer.StatusCode is 400 or 404 or 405, $"DELETE {path} answered {(int)answer.StatusCode}");
            }
        }
    }
}
