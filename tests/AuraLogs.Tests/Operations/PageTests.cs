using System.Net;
using System.Text.RegularExpressions;

namespace AuraLogs.Tests.Operations;

public sealed partial class PageTests
{
    [Fact]
    public async Task Everything_comes_from_this_port_and_nothing_is_inline()
    {
        await using var host = await OperationsHost.StartAsync();

        var page = await host.Http.GetStringAsync("/");

        Assert.DoesNotContain("<style", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(Inline(), page);
        var addresses = Address().Matches(page).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.Contains("/page.js", addresses);
        Assert.All(addresses, address => Assert.Matches("^[/#]", address));
        foreach (var address in addresses.Where(address => address.StartsWith('/') && address is not ("/metrics" or "/api/status" or "/readyz")))
        {
            using var answer = await host.Http.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.StartsWith("default-src 'none'; script-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }

    [Fact]
    public async Task Scripts_import_only_what_is_served()
    {
        await using var host = await OperationsHost.StartAsync();

        foreach (var script in (string[])["/page.js", "/logs.js", "/chart.js", "/format.js"])
        {
            var text = await host.Http.GetStringAsync(script);
            foreach (Match import in Import().Matches(text))
                Assert.True((await host.Http.GetAsync(import.Groups[1].Value)).IsSuccessStatusCode, $"{script} imports {import.Groups[1].Value}");
            Assert.DoesNotContain("innerHTML", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_value_that_the_page_shows_is_in_the_status()
    {
        await using var host = await OperationsHost.StartAsync();
        var status = System.Text.Json.JsonElement.Parse(await host.Http.GetStringAsync("/api/status"));

        foreach (Match value in Value().Matches(await host.Http.GetStringAsync("/")))
        {
            var found = status;
            foreach (var part in value.Groups[1].Value.Split('.'))
                Assert.True(found.TryGetProperty(part, out found), $"{value.Groups[1].Value} is not in /api/status");
        }
    }

    [Fact]
    public async Task An_unchanged_file_is_not_sent_again()
    {
        await using var host = await OperationsHost.StartAsync();
        using var first = await host.Http.GetAsync("/page.css");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/page.css");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [GeneratedRegex("""<script(?![^>]*src=)|\son\w+=|\sstyle=|javascript:""", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();

    [GeneratedRegex("""(?:href|src)="([^"]+)""")]
    private static partial Regex Address();

    [GeneratedRegex("""from "\.(/[^"]+)""")]
    private static partial Regex Import();

    [GeneratedRegex("""data-value="([^"]+)""")]
    private static partial Regex Value();
}
