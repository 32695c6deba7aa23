using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Tests.Documents;

public class MalformedValueTests
{
    [Fact]
    public async Task Ignoring_malformed_values_lets_a_wrong_value_in_but_not_an_object()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.OkAsync("PUT", "/lenient", """{"settings":{"index.mapping.ignore_malformed":true},"mappings":{"properties":{"n":{"type":"long"}}}}""");

        JsonNode answer = await server.BulkAsync(
            """{"create":{"_index":"lenient","_id":"wrong"}}""", """{"n":"many","other":1}""",
            """{"create":{"_index":"lenient","_id":"object"}}""", """{"n":{"of":1},"other":1}""");

        Assert.Equal(201, (int)answer["items"]![0]!["create"]!["status"]!);
        Assert.Equal(400, (int)answer["items"]![1]!["create"]!["status"]!);
        Assert.Equal("document_parsing_exception", (string)answer["items"]![1]!["create"]!["error"]!["type"]!);
    }
}
