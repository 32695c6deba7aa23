using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Tests.Search;

public class SearchTests
{
    [Theory]
    [InlineData("""{"match":{"msg":"Timeout backend"}}""", "a b c")]
    [InlineData("""{"match":{"msg":{"query":"timeout backend","operator":"and"}}}""", "a b")]
    [InlineData("""{"match_phrase":{"msg":"timeout from backend"}}""", "a")]
    [InlineData("""{"match_phrase_prefix":{"msg":"timeout from back"}}""", "a")]
    [InlineData("""{"multi_match":{"query":"backend","fields":["msg","lvl"]}}""", "a b")]
    [InlineData("""{"term":{"lvl.keyword":"ERROR"}}""", "a c")]
    [InlineData("""{"term":{"lvl.keyword":"error"}}""", "")]
    [InlineData("""{"terms":{"lvl.keyword":["ERROR","WARN"]}}""", "a b c")]
    [InlineData("""{"term":{"took":7}}""", "a")]
    [InlineData("""{"range":{"took":{"gt":7,"lte":20.5}}}""", "b")]
    [InlineData("""{"range":{"@timestamp":{"gte":"2026-11-22||/d","lt":"2026-11-22||+1d/d"}}}""", "b c d")]
    [InlineData("""{"exists":{"field":"took"}}""", "a b c")]
    [InlineData("""{"bool":{"must_not":{"exists":{"field":"took"}}}}""", "d")]
    [InlineData("""{"prefix":{"pod.keyword":"api-"}}""", "a c")]
    [InlineData("""{"wildcard":{"pod.keyword":{"value":"*-?"}}}""", "a b c")]
    [InlineData("""{"regexp":{"pod.keyword":"(api|web)-[12]"}}""", "a b")]
    [InlineData("""{"ids":{"values":["a","d","nope"]}}""", "a d")]
    [InlineData("""{"bool":{"filter":[{"term":{"lvl.keyword":"ERROR"}}],"must_not":[{"term":{"took":7}}]}}""", "c")]
    [InlineData("""{"bool":{"should":[{"term":{"took":7}},{"term":{"took":9}},{"term":{"lvl.keyword":"ERROR"}}],"minimum_should_match":2}}""", "a")]
    [InlineData("""{"query_string":{"query":"lvl:(ERROR OR WARN) AND NOT took:>100"}}""", "a b")]
    [InlineData("""{"query_string":{"query":"msg:\"timeout from\" +lvl:error"}}""", "a c")]
    [InlineData("""{"query_string":{"query":"took:[7 TO 9] OR pod.keyword:api*"}}""", "a b c")]
    [InlineData("""{"query_string":{"query":"labels.app:web"}}""", "b")]
    [InlineData("""{"query_string":{"query":"backend"}}""", "a b")]
    [InlineData("""{"simple_query_string":{"query":"timeout + backend","fields":["msg"]}}""", "a b")]
    [InlineData("""{"simple_query_string":{"query":"answers (","fields":["msg"]}}""", "b")]
    [InlineData("""{"term":{"labels.app.kubernetes.io/name":"api"}}""", "a")]
    [InlineData("""{"term":{"ip":"10.0.0.0/8"}}""", "a b")]
    public async Task Queries_find_what_they_say(string query, string ids)
    {
        await using LocalServer server = await StartAsync();
        JsonNode found = await server.OkAsync("POST", "/logs/_search", $$$"""{"query":{{{query}}},"sort":["_id"]}""");
        Assert.Equal(ids, string.Join(' ', found["hits"]!["hits"]!.AsArray().Select(hit => (string)hit!["_id"]!)));
        Assert.Equal(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, (int)(await server.OkAsync("POST", "/logs/_count", $$$"""{"query":{{{query}}} }"""))["count"]!);
    }

    [Fact]
    public async Task Discover_gets_its_histogram_its_fields_and_its_pages()
    {
        await using LocalServer server = await StartAsync();
        JsonNode found = await server.OkAsync("POST", "/logs/_search", """
            {"size":2,"sort":[{"@timestamp":{"order":"desc"}},{"_doc":"desc"}],"fields":[{"field":"@timestamp","format":"strict_date_optional_time"},"lvl"],"_source":false,
             "aggs":{"days":{"date_histogram":{"field":"@timestamp","calendar_interval":"1d"},"aggs":{"levels":{"terms":{"field":"lvl.keyword"}},"slowest":{"max":{"field":"took"}}}},
                     "nodes":{"cardinality":{"field":"pod.keyword"}}}}
            """);
        Assert.Equal(["d", "c"], found["hits"]!["hits"]!.AsArray().Select(hit => (string)hit!["_id"]!));
        Assert.Equal("INFO", (string)found["hits"]!["hits"]![0]!["fields"]!["lvl"]![0]!);
        JsonArray days = found["aggregations"]!["days"]!["buckets"]!.AsArray();
        Assert.Equal([1L, 3L], days.Select(day => (long)day!["doc_count"]!));
        Assert.Equal(2, (int)days[1]!["levels"]!["sum_other_doc_count"]! + days[1]!["levels"]!["buckets"]!.AsArray().Count - 1);
        Assert.Equal(900.0, (double)days[1]!["slowest"]!["value"]!);
        Assert.Equal(3, (int)found["aggregations"]!["nodes"]!["value"]!);

        string after = found["hits"]!["hits"]![1]!["sort"]!.ToJsonString();
        JsonNode next = await server.OkAsync("POST", "/logs/_search", $$$"""{"size":2,"sort":[{"@timestamp":{"order":"desc"}},{"_doc":"desc"}],"search_after":{{{after}}} }""");
        Assert.Equal(["b", "a"], next["hits"]!["hits"]!.AsArray().Select(hit => (string)hit!["_id"]!));
    }

    [Fact]
    public async Task A_point_in_time_does_not_see_later_documents()
    {
        await using LocalServer server = await StartAsync();
        string id = (string)(await server.OkAsync("POST", "/logs/_pit?keep_alive=1m"))["id"]!;
        await server.BulkAsync("""{"create":{"_index":"logs","_id":"e"}}""", """{"lvl":"ERROR"}""");
        JsonNode found = await server.OkAsync("POST", "/_search", $$$"""{"pit":{"id":"{{{id}}}","keep_alive":"1m"},"query":{"match_all":{}} }""");
        Assert.Equal(4, (int)found["hits"]!["total"]!["value"]!);
        Assert.Equal(5, (int)(await server.OkAsync("GET", "/logs/_count"))["count"]!);
    }

    private static async Task<LocalServer> StartAsync()
    {
        LocalServer server = await LocalServer.StartAsync();
        await server.OkAsync("PUT", "/logs", """{"mappings":{"properties":{"labels":{"type":"flattened"},"ip":{"type":"ip"}}}}""");
        await server.BulkAsync(
            """{"create":{"_index":"logs","_id":"a"}}""",
            """{"@timestamp":"2026-11-21T23:59:59.999999999Z","lvl":"ERROR","msg":"Timeout from backend","took":7,"pod":"api-1","labels":{"app.kubernetes.io/name":"api"},"ip":"10.1.2.3"}""",
            """{"create":{"_index":"logs","_id":"b"}}""",
            """{"@timestamp":"2026-11-22T00:00:00Z","lvl":"WARN","msg":"backend answers after timeout","took":9,"pod":"web-2","labels":{"app":"web"},"ip":"10.1.2.4"}""",
            """{"create":{"_index":"logs","_id":"c"}}""",
            """{"@timestamp":"2026-11-22T12:00:00+02:00","lvl":"ERROR","msg":"timeout","took":900,"pod":"api-3","ip":"192.168.0.1"}""",
            """{"create":{"_index":"logs","_id":"d"}}""",
            """{"@timestamp":"2026-11-22T13:00:00","lvl":"INFO","msg":"nothing to see"}""");
        return server;
    }
}
