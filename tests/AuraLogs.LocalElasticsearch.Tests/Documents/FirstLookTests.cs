using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Tests.Documents;

public class FirstLookTests
{
    [Fact]
    public async Task The_newest_errors_are_found_with_the_query_of_the_readme()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.BulkAsync(
            """{"create":{"_index":"aura-services-2026.11.21","_id":"a"}}""",
            """{"@timestamp":"2026-11-21T10:00:00.123456789Z","lvl":"ERROR","msg":"first"}""",
            """{"create":{"_index":"aura-services-2026.11.22","_id":"b"}}""",
            """{"@timestamp":"2026-11-22T10:00:00.100000001Z","lvl":"ERROR","msg":"third"}""",
            """{"create":{"_index":"aura-services-2026.11.22","_id":"c"}}""",
            """{"@timestamp":"2026-11-22T09:00:00.000000009Z","lvl":"ERROR","msg":"second"}""",
            """{"create":{"_index":"aura-services-2026.11.22","_id":"d"}}""",
            """{"@timestamp":"2026-11-22T11:00:00Z","lvl":"INFO","msg":"ERROR is not the level"}""");

        JsonNode found = await server.OkAsync("GET", "/aura-services-*/_search?q=lvl:ERROR&sort=@timestamp:desc");

        Assert.Equal(3, (int)found["hits"]!["total"]!["value"]!);
        Assert.Equal(["b", "c", "a"], found["hits"]!["hits"]!.AsArray().Select(hit => (string)hit!["_id"]!));
        Assert.Equal("2026-11-22T10:00:00.100000001Z", (string)found["hits"]!["hits"]![0]!["_source"]!["@timestamp"]!);
        Assert.Equal(1795341600100, (long)found["hits"]!["hits"]![0]!["sort"]![0]!);
    }

    [Fact]
    public async Task Documents_mapping_and_index_survive_a_restart()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.BulkAsync(
            """{"create":{"_index":"kept","_id":"a"}}""", """{"n":1,"text":"some words"}""",
            """{"create":{"_index":"kept","_id":"b"}}""", """{"n":2,"text":"other words"}""",
            """{"delete":{"_index":"kept","_id":"b"}}""");

        await server.RestartAsync();

        JsonNode found = await server.OkAsync("GET", "/kept/_search?q=words");
        Assert.Equal(["a"], found["hits"]!["hits"]!.AsArray().Select(hit => (string)hit!["_id"]!));
        Assert.Equal("long", (string)(await server.OkAsync("GET", "/kept/_mapping"))["kept"]!["mappings"]!["properties"]!["n"]!["type"]!);
        JsonNode again = await server.BulkAsync("""{"create":{"_index":"kept","_id":"a"}}""", """{"n":1}""");
        Assert.Equal(409, (int)again["items"]![0]!["create"]!["status"]!);
        Assert.Equal("version_conflict_engine_exception", (string)again["items"]![0]!["create"]!["error"]!["type"]!);
    }

    [Fact]
    public async Task The_file_of_an_index_whose_creation_was_cut_short_does_not_keep_the_server_from_starting()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        string torn = Path.Combine(server.Options.Path, "indices", "torn.db");
        await File.WriteAllBytesAsync(torn, []);

        await server.RestartAsync();

        Assert.False(File.Exists(torn));
        Assert.Equal(200, (await server.SendAsync("GET", "/")).Status);
    }
}
