using System.Net.Http.Json;
using System.Text.Json;

namespace AuraLogs.EndToEnd.Harness;

/// <summary>Looks into an Elasticsearch, as a test's witness.</summary>
internal sealed class SearchClient(Uri elasticsearch) : IDisposable
{
    private const int PageSize = 5000;
    private readonly HttpClient _http = new() { BaseAddress = elasticsearch };

    public async Task<long> CountAsync(string indices = "aura-services-*")
    {
        await RefreshAsync(indices);
        using var answer = await _http.GetAsync($"/{indices}/_count");

        // The shards of an index that has just been made are not all there yet.
        if (answer.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
            return 0;
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("count").GetInt64();
    }

    public Task WaitForCountAsync(long count, ServiceProcess service, string indices = "aura-services-*") =>
        Wait.UntilAsync(() => CountAsync(indices), found => found >= count, explain: () => service.Output);

    /// <summary>Every hit (<c>_index</c>, <c>_id</c>, <c>_source</c>). By scrolling, which every version from 7.4 to 9.x has.</summary>
    /// <param name="indices">Where to look.</param>
    /// <param name="having">A field that they have; null for all documents.</param>
    public async Task<List<JsonElement>> AllAsync(string indices = "aura-services-*", string? having = null)
    {
        await RefreshAsync(indices);
        var hits = new List<JsonElement>();
        object query = having is null ? new { match_all = new { } } : new { exists = new { field = having } };
        var page = await PostAsync($"/{indices}/_search?scroll=1m", new { size = PageSize, sort = new[] { "_doc" }, query });
        while (page.GetProperty("hits").GetProperty("hits") is var found && found.GetArrayLength() > 0)
        {
            hits.AddRange(found.EnumerateArray());
            page = await PostAsync("/_search/scroll", new { scroll = "1m", scroll_id = page.GetProperty("_scroll_id").GetString() });
        }

        return hits;
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync(path, body);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task RefreshAsync(string indices) => (await _http.PostAsync($"/{indices}/_refresh", null)).Dispose();
}
