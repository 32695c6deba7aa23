using System.Net;
using System.Text;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>Searches that take everything: of the operations port, and of the local Elasticsearch in the same process.</summary>
[Collection(nameof(Siege))]
public sealed class SearchAttackTests
{
    [LongAttack]
    public async Task Searches_with_long_fuzzy_words_and_wildcards_and_answers_that_are_read_slowly()
    {
        await using var siege = await Siege.BeginAsync(inItself: true);
        string[] queries = [new string('w', 250) + "~9", string.Concat(Enumerable.Repeat("*a", 680)), "/(a*)*b/", "event:/.*.*.*.*.*x/"];
        using var http = new HttpClient { BaseAddress = siege.Service.Operations, Timeout = Timeout.InfiniteTimeSpan };
        await Siege.AttackAsync(100, async (number, end) =>
        {
            using var dropped = CancellationTokenSource.CreateLinkedTokenSource(end);
            dropped.CancelAfter(TimeSpan.FromMilliseconds(500));
            using var answer = await http.GetAsync(
                new Uri($"/api/logs/search?q={Uri.EscapeDataString(queries[number % queries.Length])}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, dropped.Token);
            if ((int)answer.StatusCode >= 500)
                siege.Answered($"{queries[number % queries.Length][..10]}: {answer.StatusCode}");
            await Task.Delay(50, dropped.Token);
        });
        await siege.JudgeAsync();
    }

    /// <summary>One such request took 2.4 GB and 74 s.</summary>
    [LongAttack]
    public async Task Bulk_and_terms_requests_of_tens_of_megabytes_to_the_local_Elasticsearch()
    {
        await using var siege = await Siege.BeginAsync(inItself: true);
        using var http = new HttpClient { BaseAddress = siege.Service.Elasticsearch, Timeout = Timeout.InfiniteTimeSpan };
        var terms = Encoding.ASCII.GetBytes(
            "{\"query\":{\"terms\":{\"event\":[" + string.Join(',', Enumerable.Range(0, 6_000_000).Select(number => $"\"{number}\"")) + "]}}}");
        var operations = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"create\":{}}\n{}\n", 1_500_000)));
        await Siege.AttackAsync(4, async (number, end) =>
        {
            using var content = new ByteArrayContent(number % 2 == 0 ? terms : operations);
            content.Headers.ContentType = new("application/json");
            using var answer = await http.PostAsync(number % 2 == 0 ? "/aura-services-*/_search" : "/attack/_bulk", content, end);
            if (answer.StatusCode is not (HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.TooManyRequests or HttpStatusCode.BadRequest))
                siege.Answered($"{number}: {answer.StatusCode}");
        });
        await siege.JudgeAsync();
    }

    /// <summary>These were a 500, with an error line each.</summary>
    [LongAttack]
    public async Task Requests_with_values_that_make_no_sense()
    {
        (string Method, string Path, string Body)[] requests =
        [
            ("PUT", "/_snapshot/r", """{"type":"fs","settings":{"location":"a\u0000b"}}"""),
            ("POST", "/_all/_search", """{"query":{"match":{"event":{"query":"x","fuzziness":"abc"}}}}"""),
            ("POST", "/_all/_search", """{"aggs":{"a":{"terms":{"field":"event.keyword","include":"[a"}}}}"""),
            ("POST", "/_all/_search", """{"query":{"match":{"\ud800":"x"}}}"""),
        ];
        await using var siege = await Siege.BeginAsync(inItself: true);
        using var http = new HttpClient { BaseAddress = siege.Service.Elasticsearch };
        await Siege.AttackAsync(requests.Length, async (number, end) =>
        {
            var (method, path, body) = requests[number];
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            using var answer = await http.SendAsync(request, end);
            if (answer.StatusCode != HttpStatusCode.BadRequest)
                siege.Answered($"{answer.StatusCode} {await answer.Content.ReadAsStringAsync(end)}");
        });
        await siege.JudgeAsync();
        Assert.DoesNotContain("failed to answer", siege.Service.Output, StringComparison.Ordinal);
    }
}
