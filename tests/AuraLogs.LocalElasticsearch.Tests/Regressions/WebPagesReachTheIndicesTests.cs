using System.Net;

namespace AuraLogs.LocalElasticsearch.Tests.Regressions;

/// <summary>
/// A web page could read the indices through a name of its own (DNS rebinding), and close the live index with a form, for
/// <c>_close</c>, <c>_ilm/stop</c> and <c>_forcemerge</c> need no body.
/// </summary>
public sealed class WebPagesReachTheIndicesTests
{
    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("evil.example:9200", HttpStatusCode.Forbidden)]
    [InlineData("localhost:9200", HttpStatusCode.OK)]
    [InlineData("[::1]:9200", HttpStatusCode.OK)]
    [InlineData("es.logging.svc", HttpStatusCode.OK)]
    public async Task A_name_that_is_not_ours_reads_nothing(string host, HttpStatusCode expected)
    {
        await using LocalServer server = await LocalServer.StartAsync(options => options.Hosts = "es.logging.svc");
        await server.SendAsync("POST", "/logs/_doc?refresh=true", """{"message":"for us alone"}""");

        (HttpStatusCode status, string body) = await SendAsync(server, HttpMethod.Get, "/logs/_search", ("Host", host));

        Assert.Equal(expected, status);
        Assert.Equal(expected == HttpStatusCode.OK, body.Contains("for us alone", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", "/logs/_close")]
    [InlineData("Origin", "null", "/_ilm/stop")]
    [InlineData("Sec-Fetch-Site", "cross-site", "/logs/_forcemerge")]
    [InlineData("Sec-Fetch-Site", "same-site", "/logs/_close")]
    public async Task Another_sites_form_changes_nothing(string header, string value, string path)
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.SendAsync("PUT", "/logs");

        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(server, HttpMethod.Post, path, (header, value))).Status);

        (_, string indices) = await SendAsync(server, HttpMethod.Get, "/_cat/indices?h=index,status");
        Assert.Equal("logs open", indices.Trim());
        string own = server.Address.GetLeftPart(UriPartial.Authority);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, HttpMethod.Post, path, ("Origin", own), ("Sec-Fetch-Site", "same-origin"))).Status);
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(
        LocalServer server, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using HttpClient client = new();
        using HttpRequestMessage request = new(method, new Uri(server.Address, path));
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
