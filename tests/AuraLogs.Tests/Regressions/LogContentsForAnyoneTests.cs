using System.Net;
using System.Net.Http.Json;
using AuraLogs.Operations;
using AuraLogs.Operations.Access;
using AuraLogs.Tests.Operations;
using Microsoft.AspNetCore.Routing;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// Log contents were served to anybody who reached the operations port, and to any web page through DNS rebinding. What a web
/// page's request looks like is set by hand: a browser would not let a test set <c>Host</c>.
/// </summary>
public sealed class LogContentsForAnyoneTests
{
    private const string Token = "a-token-for-this-test-alone";
    private const string Contents = "/api/logs/fields";

    // There is no cluster behind the port, so a request that is let through ends with 503.
    private const HttpStatusCode LetThrough = HttpStatusCode.ServiceUnavailable;

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("2130706433", HttpStatusCode.Forbidden)]
    [InlineData("localhost:8080", LetThrough)]
    [InlineData("127.0.0.1:8080", LetThrough)]
    [InlineData("[::1]:8080", LetThrough)]
    [InlineData("logs.example.com", LetThrough)]
    public async Task A_name_that_is_not_ours_reads_nothing(string host, HttpStatusCode expected)
    {
        await using var operations = await StartAsync(options => options.Hosts = "logs.example.com");

        Assert.Equal(expected, await SendAsync(operations, HttpMethod.Get, Contents, ("Host", host)));
    }

    [Fact]
    public async Task Without_a_token_the_network_reads_nothing()
    {
        await using var operations = await StartAsync();

        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(operations, HttpMethod.Get, Contents, FromNetwork));
        Assert.Equal(LetThrough, await SendAsync(operations, HttpMethod.Get, Contents));
    }

    [Theory]
    [InlineData("Bearer " + Token, LetThrough)]
    [InlineData("bearer " + Token, LetThrough)]
    [InlineData("Bearer a-token-for-this-test-alonE", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer ", HttpStatusCode.Unauthorized)]
    [InlineData("Basic " + Token, HttpStatusCode.Unauthorized)]
    public async Task The_network_needs_the_token(string authorization, HttpStatusCode expected)
    {
        await using var operations = await StartAsync(options => options.Token = Token);

        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(operations, HttpMethod.Get, Contents, FromNetwork));
        Assert.Equal(expected, await SendAsync(operations, HttpMethod.Get, Contents, FromNetwork, ("Authorization", authorization)));
    }

    [Fact]
    public async Task A_sidecar_on_the_same_machine_gives_no_right_where_the_loopback_needs_the_token()
    {
        await using var operations = await StartAsync(options => (options.Token, options.LoopbackNeedsToken) = (Token, true));

        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(operations, HttpMethod.Get, Contents));
    }

    [Fact]
    public async Task The_token_is_given_once_and_the_session_does_the_rest()
    {
        await using var operations = await StartAsync(options => options.Token = Token);
        using var wrong = await PostSessionAsync(operations, "wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.False(wrong.Headers.Contains("Set-Cookie"));

        using var right = await PostSessionAsync(operations, Token);

        Assert.Equal(HttpStatusCode.NoContent, right.StatusCode);
        var cookie = Assert.Single(right.Headers.GetValues("Set-Cookie"));
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Token, cookie, StringComparison.Ordinal);
        var session = cookie.Split(';')[0];
        Assert.Equal(LetThrough, await SendAsync(operations, HttpMethod.Get, Contents, FromNetwork, ("Cookie", session)));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(operations, HttpMethod.Get, Contents, FromNetwork, ("Cookie", session + "x")));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Another_sites_page_changes_nothing(string header, string value)
    {
        await using var operations = await StartAsync(options => options.Token = Token);

        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(operations, HttpMethod.Delete, "/api/session", (header, value)));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(operations, HttpMethod.Delete, "/api/session"));
        var own = operations.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(operations, HttpMethod.Delete, "/api/session", ("Origin", own)));
    }

    [Fact]
    public async Task Another_sites_page_starts_no_search_but_a_link_can_be_followed()
    {
        await using var operations = await StartAsync();

        Assert.Equal(
            HttpStatusCode.Forbidden,
            await SendAsync(operations, HttpMethod.Get, Contents, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image")));
        Assert.Equal(
            LetThrough,
            await SendAsync(operations, HttpMethod.Get, Contents, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")));
    }

    [Fact]
    public async Task Only_what_shows_no_contents_and_changes_nothing_is_open_to_all()
    {
        await using var operations = await StartAsync(options => options.Token = Token);

        var open = operations.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<OpenToAll>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText!)
            .Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(
            [
                "/", "/api/session", "/api/status", "/api/status/history", "/chart.js", "/format.js", "/healthz", "/icon.svg", "/logs.js",
                "/metrics", "/page.css", "/page.js", "/readyz", "/session.js",
            ],
            open);
        foreach (var path in open.Where(path => path != "/api/session"))
            Assert.Equal(HttpStatusCode.OK, await SendAsync(operations, HttpMethod.Get, path, FromNetwork, ("Host", "auralogs.logging.svc")));
    }

    [Theory]
    [InlineData("none", HttpStatusCode.NotFound)]
    [InlineData("local", HttpStatusCode.NotFound)]
    [InlineData("cluster", LetThrough)]
    public async Task A_clusters_contents_are_served_only_where_the_operator_wants_it(string served, HttpStatusCode expected)
    {
        await using var operations = await StartAsync(options => options.Logs = Enum.Parse<LogsServed>(served, ignoreCase: true));

        Assert.Equal(expected, await SendAsync(operations, HttpMethod.Get, Contents));
    }

    private static (string Name, string Value) FromNetwork => ("X-Forwarded-For", "203.0.113.9");

    private static Task<OperationsHost> StartAsync(Action<OperationsOptions>? configure = null) => OperationsHost.StartAsync(options =>
    {
        options.Logs = LogsServed.Cluster;
        configure?.Invoke(options);
    });

    private static async Task<HttpStatusCode> SendAsync(
        OperationsHost operations, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await operations.Http.SendAsync(request);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> PostSessionAsync(OperationsHost operations, string token) =>
        operations.Http.PostAsJsonAsync("/api/session", new { token });
}
