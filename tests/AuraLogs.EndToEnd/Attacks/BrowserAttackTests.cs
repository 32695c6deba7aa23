using System.Net;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>What a web page of somebody else can make a browser on this machine ask for.</summary>
[Collection(nameof(Siege))]
public sealed class BrowserAttackTests
{
    private static readonly string[] Forms = ["/aura-services-*/_close", "/_ilm/stop", "/_slm/stop", "/aura-services-*/_forcemerge", "/_all/_delete_by_query?q=*", "/_bulk"];

    [Fact]
    public async Task Names_that_lead_to_this_machine_and_forms_of_another_site()
    {
        await using var siege = await Siege.BeginAsync(inItself: true);
        using var http = new HttpClient();
        await Siege.AttackAsync(4, async (number, end) =>
        {
            foreach (var contents in (Uri[])[new(siege.Service.Operations, "/api/logs/search?q=*"), new(siege.Service.Operations, "/api/logs/fields"), new(siege.Service.Elasticsearch, "/_search")])
                await AskAsync(HttpMethod.Get, contents, "Host", $"evil{number}.example");
            foreach (var form in Forms)
            {
                await AskAsync(HttpMethod.Post, new Uri(siege.Service.Elasticsearch, form), "Origin", "http://evil.example");
                await AskAsync(HttpMethod.Post, new Uri(siege.Service.Elasticsearch, form), "Sec-Fetch-Site", "cross-site");
            }

            await AskAsync(HttpMethod.Post, new Uri(siege.Service.Operations, "/api/session"), "Origin", "http://evil.example");

            async Task AskAsync(HttpMethod method, Uri address, string header, string value)
            {
                using var request = new HttpRequestMessage(method, address);
                if (header == "Host")
                    request.Headers.Host = value;
                else
                    request.Headers.Add(header, value);
                using var answer = await http.SendAsync(request, end);
                if (answer.StatusCode != HttpStatusCode.Forbidden)
                    siege.Answered($"{method} {address} with {header}: {value}: {answer.StatusCode}");
            }
        });
        await siege.JudgeAsync();
    }

    /// <summary>From the network, by way of a proxy: figures, and no contents.</summary>
    [Fact]
    public async Task Contents_without_the_token()
    {
        await using var siege = await Siege.BeginAsync(inItself: true, settings: ("AuraLogs:Operations:Token", "a token that nobody guesses"));
        using var http = new HttpClient { BaseAddress = siege.Service.Operations };
        await Siege.AttackAsync(4, async (number, end) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/logs/search?q=*");
            request.Headers.Add("X-Forwarded-For", "10.0.0.1");
            request.Headers.Add("Authorization", $"Bearer a token that nobody guesse{number}");
            using var answer = await http.SendAsync(request, end);
            if (answer.StatusCode != HttpStatusCode.Unauthorized)
                siege.Answered($"contents: {answer.StatusCode}");
            using var metrics = new HttpRequestMessage(HttpMethod.Get, "/metrics");
            metrics.Headers.Add("X-Forwarded-For", "10.0.0.1");
            using var figures = await http.SendAsync(metrics, end);
            if (figures.StatusCode != HttpStatusCode.OK)
                siege.Answered($"no figures: {figures.StatusCode}");
        });
        await siege.JudgeAsync();
    }
}
