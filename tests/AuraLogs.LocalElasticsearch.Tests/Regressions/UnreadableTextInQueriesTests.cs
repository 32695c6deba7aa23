namespace AuraLogs.LocalElasticsearch.Tests.Regressions;

/// <summary>Text that can't be read in a query, and addresses that are none in a range of addresses: 500, with an error line each.</summary>
public sealed class UnreadableTextInQueriesTests
{
    [Theory]
    [InlineData("{\"query\":{\"match\":{\"me\u00ffss\":\"x\"}}}", true)]
    [InlineData("{\"query\":{\"match\":{\"me\\ud800\":\"x\"}}}", false)]
    [InlineData("{\"query\":{\"match\":{\"m\":\"\\udc00\"}}}", false)]
    [InlineData("{\"query\":{\"range\":{\"ip\":{\"gte\":\"no address\"}}}}", false)]
    [InlineData("{\"query\":{\"range\":{\"ip\":{\"lt\":\"10.0.0.0/8\"}}}}", false)]
    public async Task A_mistake_of_the_client_is_a_400(string query, bool inLatin1)
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.SendAsync("PUT", "/logs", """{"mappings":{"properties":{"ip":{"type":"ip"}}}}""");
        await server.SendAsync("PUT", "/logs/_doc/1?refresh=true", """{"ip":"10.0.0.1"}""");
        byte[] body = (inLatin1 ? System.Text.Encoding.Latin1 : System.Text.Encoding.UTF8).GetBytes(query);
        using HttpResponseMessage answer = await server.SendRawAsync("POST", "/logs/_search", body);
        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_range_of_addresses_finds_what_is_in_it_and_a_lenient_one_passes_over_what_is_no_address()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.SendAsync("PUT", "/logs", """{"mappings":{"properties":{"ip":{"type":"ip"}}}}""");
        for (int last = 1; last <= 4; last++)
            await server.SendAsync("PUT", $"/logs/_doc/{last}?refresh=true", $$"""{"ip":"10.0.0.{{last}}"}""");
        (int status, var found) = await server.SendAsync("POST", "/logs/_search", """{"query":{"range":{"ip":{"gt":"10.0.0.1","lte":"10.0.0.3"}}}}""");
        Assert.Equal((200, 2), (status, (int)found!["hits"]!["total"]!["value"]!));
        (status, _) = await server.SendAsync("GET", "/logs/_search?q=" + Uri.EscapeDataString("[a* TO z]"));
        Assert.Equal(200, status);
    }
}
