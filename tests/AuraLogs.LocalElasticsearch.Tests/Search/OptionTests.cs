using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Tests.Search;

/// <summary>An option changes the answer as the real one's does, or is refused by its name; none is passed over.</summary>
public class OptionTests
{
    [Theory]
    [InlineData("""{"collapse":{"field":"n"}}""", "collapse")]
    [InlineData("""{"runtime_mappings":{"day":{"type":"keyword"}}}""", "runtime_mappings")]
    [InlineData("""{"script_fields":{"twice":{"script":"doc.n * 2"}}}""", "script_fields")]
    [InlineData("""{"indices_boost":[{"logs":2}]}""", "indices_boost")]
    [InlineData("""{"slice":{"id":0,"max":2}}""", "slice")]
    [InlineData("""{"explain":true}""", "explain")]
    [InlineData("""{"profile":true}""", "profile")]
    [InlineData("""{"query":{"function_score":{"query":{"match_all":{}}}}}""", "function_score")]
    [InlineData("""{"query":{"nested":{"path":"a","query":{"match_all":{}}}}}""", "nested")]
    [InlineData("""{"query":{"match":{"text":{"query":"a","fuzziness":"AUTO"}}}}""", "match.fuzziness")]
    [InlineData("""{"query":{"multi_match":{"query":"a","analyzer":"english"}}}""", "multi_match.analyzer")]
    [InlineData("""{"query":{"query_string":{"query":"a","phrase_slop":2}}}""", "query_string.phrase_slop")]
    [InlineData("""{"aggs":{"x":{"date_histogram":{"field":"t","fixed_interval":"1h","order":{"_count":"desc"}}}}}""", "date_histogram.order")]
    [InlineData("""{"aggs":{"x":{"avg":{"field":"n","missing":1}}}}""", "avg.missing")]
    public async Task What_is_not_supported_is_refused_by_its_name(string body, string name)
    {
        await using LocalServer server = await StartAsync();
        (int status, JsonNode? answer) = await server.SendAsync("POST", "/logs/_search", body);
        Assert.Equal(400, status);
        Assert.Equal($"[{name}] is not supported by the local Elasticsearch", (string?)answer!["error"]!["root_cause"]![0]!["reason"]);
    }

    [Fact]
    public async Task What_Discover_sends_empty_is_accepted()
    {
        await using LocalServer server = await StartAsync();
        JsonNode found = await server.OkAsync("POST", "/logs/_search", """{"runtime_mappings":{},"script_fields":{},"stored_fields":["*"],"explain":false}""");
        Assert.Equal(3, (int)found["hits"]!["total"]!["value"]!);
    }

    [Fact]
    public async Task Min_score_leaves_out_what_scores_less_also_when_counting()
    {
        await using LocalServer server = await StartAsync();
        const string Query = """{"match":{"text":"one two"}}""";
        JsonNode all = await server.OkAsync("POST", "/logs/_search", $$"""{"query":{{Query}}}""");
        List<double> scores = [.. all["hits"]!["hits"]!.AsArray().Select(hit => (double)hit!["_score"]!)];
        Assert.Equal(3, scores.Count);
        Assert.True(scores[0] > scores[1]);

        string least = ((scores[0] + scores[1]) / 2).ToString(System.Globalization.CultureInfo.InvariantCulture);
        JsonNode best = await server.OkAsync("POST", "/logs/_search", $$"""{"query":{{Query}},"min_score":{{least}},"sort":["n"]}""");
        Assert.Equal(["b"], best["hits"]!["hits"]!.AsArray().Select(hit => (string)hit!["_id"]!));
        JsonNode count = await server.OkAsync("POST", $"/logs/_count?min_score={least}", $$"""{"query":{{Query}}}""");
        Assert.Equal(1, (int)count["count"]!);
    }

    [Theory]
    [InlineData(2, 2, true)]
    [InlineData(3, 3, false)]
    public async Task Terminate_after_ends_after_so_many_documents_and_says_so(int after, int total, bool isEarly)
    {
        await using LocalServer server = await StartAsync();
        JsonNode found = await server.OkAsync("POST", "/logs/_search", $$"""{"terminate_after":{{after}}}""");
        Assert.Equal(total, (int)found["hits"]!["total"]!["value"]!);
        Assert.Equal(isEarly, (bool)found["terminated_early"]!);
    }

    private static async Task<LocalServer> StartAsync()
    {
        LocalServer server = await LocalServer.StartAsync();
        await server.BulkAsync(
            """{"create":{"_index":"logs","_id":"a"}}""", """{"text":"one","n":1,"t":"2026-11-22"}""",
            """{"create":{"_index":"logs","_id":"b"}}""", """{"text":"one two","n":2,"t":"2026-11-22"}""",
            """{"create":{"_index":"logs","_id":"c"}}""", """{"text":"one","n":3,"t":"2026-11-22"}""");
        return server;
    }
}
