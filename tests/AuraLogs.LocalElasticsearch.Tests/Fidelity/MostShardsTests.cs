using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Tests.Fidelity;

/// <summary>Whoever makes indices without end is stopped as by Elasticsearch: <c>cluster.max_shards_per_node</c>, 1000 by default.</summary>
public class MostShardsTests
{
    [Fact]
    public async Task No_more_shards_are_made_than_the_cluster_may_have()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.OkAsync("PUT", "/_cluster/settings", """{"transient":{"cluster.max_shards_per_node":"3"}}""");
        await server.OkAsync("PUT", "/one", """{"settings":{"number_of_shards":1,"number_of_replicas":0}}""");
        await server.OkAsync("PUT", "/two", """{"settings":{"number_of_shards":1,"number_of_replicas":1}}""");

        (int status, JsonNode? body) = await server.SendAsync("PUT", "/three", """{"settings":{"number_of_shards":1,"number_of_replicas":0}}""");
        Assert.Equal(400, status);
        Assert.Equal("validation_exception", (string?)body!["error"]!["type"]);
        Assert.Equal(
            "Validation Failed: 1: this action would add [1] total shards, but this cluster currently has [3]/[3] maximum shards open;",
            (string?)body["error"]!["reason"]);
        JsonNode item = (await server.BulkAsync("""{"create":{"_index":"four","_id":"1"}}""", """{"a":1}"""))["items"]![0]!["create"]!;
        Assert.Equal((400, "validation_exception"), ((int)item["status"]!, (string?)item["error"]!["type"]));

        // A closed one makes room.
        await server.OkAsync("POST", "/one/_close");
        await server.OkAsync("PUT", "/three", """{"settings":{"number_of_shards":1,"number_of_replicas":0}}""");
    }
}
