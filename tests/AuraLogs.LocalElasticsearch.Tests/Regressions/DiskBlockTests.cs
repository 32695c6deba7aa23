using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Tests.Regressions;

/// <summary>The block of a full disk was a 403 whatever version the server said to be; the real one answers 429 since 7.7.</summary>
public class DiskBlockTests
{
    [Theory]
    [InlineData("7.6.2", 403, "FORBIDDEN/12/index read-only / allow delete (api)")]
    [InlineData("7.17.6", 429, "TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block")]
    [InlineData("9.1.0", 429, "TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block")]
    public async Task The_block_of_a_full_disk_is_the_versions_own(string version, int status, string block)
    {
        await using LocalServer server = await LocalServer.StartAsync(options => options.Version = version);
        await server.OkAsync("PUT", "/full", """{"settings":{"index.blocks.read_only_allow_delete":true}}""");

        JsonNode item = (await server.BulkAsync("""{"create":{"_index":"full","_id":"1"}}""", """{"a":1}"""))["items"]![0]!["create"]!;

        Assert.Equal(status, (int)item["status"]!);
        Assert.Equal("cluster_block_exception", (string?)item["error"]!["type"]);
        Assert.Equal($"index [full] blocked by: [{block}];", (string?)item["error"]!["reason"]);
    }
}
