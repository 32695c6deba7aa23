using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AuraLogs.EndToEnd.Harness;
using Xunit.Abstractions;

namespace AuraLogs.EndToEnd.MainPath;

/// <summary>What the local Elasticsearch has answered for survives kill -9; a bulk that was cut short is there whole or not at all.</summary>
public sealed class LocalElasticsearchKillTests(ITestOutputHelper output)
{
    private const int Kills = 4;
    private const int Writers = 2;
    private const int PerBulk = 200;
    private const int LongBulk = 6000;

    [Fact]
    public async Task Kills_in_the_middle_of_bulks()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var directory = new TemporaryDirectory();
        var answered = new HashSet<string>();
        var sent = new List<List<string>>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var service = await ServiceProcess.StartAsync(directory.Path);
            using var http = new HttpClient { BaseAddress = service.Elasticsearch };
            var round = kill;
            var writing = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(http, $"{round}-{writer}", answered, sent))).ToList();
            var awaited = Count(answered) + random.Next(1, 3000);
            await Wait.UntilAsync(() => Task.FromResult(Count(answered)), count => count >= awaited, explain: () => service.Output);
            await Task.Delay(random.Next(0, 60)); // not to wait for anything: to die at another point each time
            await service.KillAsync();
            await Task.WhenAll(writing);
        }

        await using var after = await ServiceProcess.StartAsync(directory.Path);
        var found = (await FoundAsync(after.Elasticsearch)).ToHashSet();
        output.WriteLine($"{answered.Count} documents answered for, {found.Count} there");
        Assert.Empty(answered.Except(found));
        foreach (var bulk in sent)
            Assert.Contains(bulk.Count(found.Contains), new[] { 0, bulk.Count });
    }

    private static int Count(HashSet<string> answered)
    {
        lock (answered)
            return answered.Count;
    }

    /// <summary>Bulks of both sizes, one after the other, until the service is gone.</summary>
    private static async Task WriteAsync(HttpClient http, string name, HashSet<string> answered, List<List<string>> sent)
    {
        for (var bulk = 0; ; bulk++)
        {
            List<string> ids = [.. Enumerable.Range(0, bulk % 4 == 3 ? LongBulk : PerBulk).Select(i => $"{name}-{bulk}-{i}")];
            lock (answered)
                sent.Add(ids);
            using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Concat(ids.Select(Document))));
            body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            try
            {
                using var response = await http.PostAsync(new Uri("/_bulk?filter_path=errors", UriKind.Relative), body);
                Assert.Equal("""{"errors":false}""", await response.Content.ReadAsStringAsync());
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return;
            }

            lock (answered)
                answered.UnionWith(ids);
        }
    }

    private static string Document(string id) =>
        $$$"""{"create":{"_index":"killed","_id":"{{{id}}}"}}""" + "\n" + $$"""{"name":"{{id}}","text":"written before or never"}""" + "\n";

    /// <summary>Found by a word, so that the index is asked and not only the documents.</summary>
    private static async Task<List<string>> FoundAsync(Uri elasticsearch)
    {
        using var http = new HttpClient { BaseAddress = elasticsearch };
        var ids = new List<string>();
        const string Query = """{"size":5000,"_source":false,"query":{"match":{"text":"written"}},"sort":["_doc"]}""";
        var page = await PostAsync(http, "/killed/_search?scroll=1m", Query);
        while (page.GetProperty("hits").GetProperty("hits").GetArrayLength() > 0)
        {
            ids.AddRange(page.GetProperty("hits").GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("_id").GetString()!));
            page = await PostAsync(http, "/_search/scroll", $$"""{"scroll":"1m","scroll_id":{{page.GetProperty("_scroll_id").GetRawText()}}}""");
        }

        Assert.Equal(ids.Count, ids.Distinct().Count());
        return ids;
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }
}
