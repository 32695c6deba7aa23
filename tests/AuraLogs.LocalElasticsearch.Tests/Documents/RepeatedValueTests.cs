using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Tests.Documents;

/// <summary>A value that was seen before is indexed from memory; nobody may notice.</summary>
public class RepeatedValueTests
{
    [Fact]
    public async Task Repeated_objects_strings_and_labels_are_found_like_the_first_also_after_a_flush_and_a_restart()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.OkAsync("PUT", "/logs", """{"mappings":{"properties":{"labels":{"type":"flattened"}}}}""");
        const string Document = """{"level":"Some Level","pod":{"name":"api-1","restarts":3,"since":"2026-11-22"},"labels":{"app":"api"}}""";
        for (int i = 0; i < 3; i++)
            await server.BulkAsync(Enumerable.Range(0, 4000).SelectMany(_ => new[] { """{"create":{"_index":"logs"}}""", Document }));

        string[] queries =
        [
            """{"match":{"level":"some"}}""", """{"term":{"level.keyword":"Some Level"}}""", """{"term":{"pod.name.keyword":"api-1"}}""",
            """{"range":{"pod.restarts":{"gte":3,"lte":3}}}""", """{"range":{"pod.since":{"gte":"2026-11-22"}}}""", """{"term":{"labels.app":"api"}}""",
        ];
        foreach (string query in queries)
            Assert.Equal(12_000, await CountAsync(server, query));
        await server.RestartAsync();
        foreach (string query in queries)
            Assert.Equal(12_000, await CountAsync(server, query));
    }

    [Fact]
    public async Task A_value_whose_first_document_was_refused_is_read_anew()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        JsonNode answer = await server.BulkAsync(
            """{"create":{"_index":"logs","_id":"first"}}""", """{"pod":{"host":"node-1"},"number":1}""",
            """{"create":{"_index":"logs","_id":"refused"}}""", """{"pod":{"name":"api-1"},"number":"not one"}""",
            """{"create":{"_index":"logs","_id":"taken"}}""", """{"pod":{"name":"api-1"},"number":2}""");
        Assert.Equal(400, (int)answer["items"]![1]!["create"]!["status"]!);
        Assert.Equal(1, await CountAsync(server, """{"term":{"pod.name.keyword":"api-1"}}"""));
    }

    [Fact]
    public async Task A_field_that_the_mapping_gains_is_indexed_from_then_on()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.OkAsync("PUT", "/logs", """{"mappings":{"properties":{"pod":{"type":"object","dynamic":false}}}}""");
        await server.BulkAsync("""{"create":{"_index":"logs"}}""", """{"pod":{"name":"api-1"}}""");
        await server.OkAsync("PUT", "/logs/_mapping", """{"properties":{"pod":{"properties":{"name":{"type":"keyword"}}}}}""");
        await server.BulkAsync("""{"create":{"_index":"logs"}}""", """{"pod":{"name":"api-1"}}""");
        Assert.Equal(1, await CountAsync(server, """{"term":{"pod.name":"api-1"}}"""));
    }

    private static async Task<int> CountAsync(LocalServer server, string query) =>
        (int)(await server.OkAsync("POST", "/logs/_count", $$"""{"query":{{query}}}"""))["count"]!;
}
