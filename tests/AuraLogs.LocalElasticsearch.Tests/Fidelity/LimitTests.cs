using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Tests.Fidelity;

public class LimitTests
{
    [Fact]
    public async Task A_body_over_the_limit_unpacked_or_not_is_413_with_an_empty_body()
    {
        await using LocalServer server = await LocalServer.StartAsync(options => options.MaxRequestBytes = 100_000);
        byte[] large = Encoding.UTF8.GetBytes("""{"create":{"_index":"logs"}}""" + "\n{\"message\":\"" + new string('x', 200_000) + "\"}\n");
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(large);
        Assert.True(packed.Length < 100_000);

        foreach ((byte[] body, string? encoding) in new (byte[], string?)[] { (large, null), (packed.ToArray(), "gzip") })
        {
            using HttpResponseMessage response = await server.SendRawAsync("POST", "/_bulk", body, "application/x-ndjson", encoding);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
            Assert.Equal("", await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Garbage_sent_as_gzip_gets_no_answer()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(
            () => server.SendRawAsync("POST", "/_bulk", "not gzip at all"u8.ToArray(), "application/x-ndjson", "gzip"));
        Assert.Equal(200, (await server.SendAsync("GET", "/")).Status);
    }

    [Fact]
    public async Task Queries_that_are_too_deep_too_wide_or_unknown_get_an_error_and_never_hang()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.BulkAsync("""{"create":{"_index":"logs","_id":"a"}}""", """{"message":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""");

        string deep = string.Concat(Enumerable.Repeat("""{"bool":{"must":""", 100)) + """{"match_all":{}}""" + new string('}', 200);
        await RefusedAsync(server, $$$"""{"query":{{{deep}}} }""", "illegal_argument_exception");
        string wide = string.Join(',', Enumerable.Repeat("""{"match_all":{}}""", 2000));
        await RefusedAsync(server, $$$"""{"query":{"bool":{"should":[{{{wide}}}]} } }""", "too_many_clauses");
        await RefusedAsync(server, """{"query":{"nosuch":{}}}""", "parsing_exception");
        await RefusedAsync(server, """{"query":{"regexp":{"message.keyword":"(a+)+\\1"}}}""", "illegal_argument_exception");
        await RefusedAsync(server, """{"aggs":{"x":{"nosuch":{"field":"a"}}}}""", "parsing_exception");
        await RefusedAsync(server, """{"knn":{"field":"v"}}""", "illegal_argument_exception");
        await RefusedAsync(server, new string('[', 5000), "json_parse_exception", "json_e_o_f_exception");

        // A pattern that would take for ever by backtracking.
        JsonNode found = await server.OkAsync("POST", "/logs/_search", """{"query":{"regexp":{"message.keyword":"(a|aa)+b"}}}""");
        Assert.Equal(0, (int)found["hits"]!["total"]!["value"]!);
    }

    private static async Task RefusedAsync(LocalServer server, string body, params string[] types)
    {
        (int status, JsonNode? answer) = await server.SendAsync("POST", "/logs/_search", body);
        Assert.Equal(400, status);
        Assert.Contains((string)answer!["error"]!["root_cause"]![0]!["type"]!, types);
    }
}
