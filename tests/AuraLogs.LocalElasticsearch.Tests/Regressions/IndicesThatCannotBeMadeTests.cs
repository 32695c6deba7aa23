using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Tests.Regressions;

/// <summary>An index that can't be made was tried once for each operation of a bulk request: 12,000 of them took longer than a minute.</summary>
public class IndicesThatCannotBeMadeTests
{
    private const int Operations = 20_000;

    [Fact]
    public async Task An_index_that_cannot_be_made_is_tried_once_a_request()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.OkAsync("PUT", "/_template/dated", """{"index_patterns":["undated*"],"settings":{"index.lifecycle.name":"p","index.lifecycle.parse_origination_date":true}}""");

        JsonNode answer = await server.BulkAsync(Enumerable.Range(0, Operations).SelectMany(number => (string[])
        [
            $$$"""{"create":{"_index":"{{{(number % 2 == 0 ? "undated" : "good")}}}","_id":"{{{number}}}"}}""",
            """{"a":1}""",
        ]));

        JsonArray items = answer["items"]!.AsArray();
        Assert.Equal(Operations, items.Count);
        Assert.All(items, item => Assert.Equal((string?)item!["create"]!["_index"] == "good" ? 201 : 400, (int)item["create"]!["status"]!));
        Assert.All(
            items.Where(item => (int)item!["create"]!["status"]! == 400),
            item => Assert.Equal("illegal_argument_exception", (string?)item!["create"]!["error"]!["type"]));
        Assert.Equal(["good"], (await server.OkAsync("GET", "/_all/_settings")).AsObject().Select(index => index.Key));
    }
}
