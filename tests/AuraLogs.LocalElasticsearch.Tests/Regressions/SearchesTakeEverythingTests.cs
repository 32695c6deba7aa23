using System.Net;
using System.Net.Sockets;
using System.Text;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Search;
using AuraLogs.LocalElasticsearch.Search.Queries;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Tests.Regressions;

/// <summary>
/// A few hundred searches took all threads of the process for a minute and gigabytes of memory: they were not cancelled, not
/// bounded in time, memory and number, and a fuzzy word of 250 letters filled a matrix for each term.
/// </summary>
public sealed class SearchesTakeEverythingTests
{
    [Fact]
    public void The_automaton_accepts_what_the_matrix_does()
    {
        Random random = new(20261124);
        int accepted = 0;
        for (int i = 0; i < 200_000; i++)
        {
            string text = Word(random), word = random.Next(3) == 0 ? Word(random) : Edited(random, text);
            int edits = random.Next(EditAutomaton.MaxEdits + 1);
            bool expected = Distance(text, word) <= edits;
            accepted += expected ? 1 : 0;

            Assert.True(expected == new EditAutomaton(text, edits).Accepts(word), $"{text} {word} {edits}");
        }

        Assert.InRange(accepted, 20_000, 180_000);
    }

    [Fact]
    public void A_search_ends_when_its_client_goes_and_when_its_time_is_over()
    {
        Clock clock = new();
        SearchBudgets budgets = new(new LocalElasticsearchOptions { SearchTimeout = TimeSpan.FromSeconds(15) }, clock);
        using CancellationTokenSource client = new();
        using SearchBudget budget = budgets.Start(client.Token);
        budget.Check();

        clock.Now += 15 * TimeSpan.TicksPerSecond;
        budget.Check();
        clock.Now++;
        Assert.Equal("task_cancelled_exception", Assert.Throws<ElasticsearchException>(budget.Check).Type);

        client.Cancel();
        Assert.Throws<OperationCanceledException>(budget.Check);
    }

    [Fact]
    public void Searches_have_memory_together_and_give_it_back()
    {
        SearchBudgets budgets = new(new LocalElasticsearchOptions { MaxSearchBytes = 1000 }, TimeProvider.System);
        using SearchBudget first = budgets.Start(default), second = budgets.Start(default), third = budgets.Start(default);
        Assert.Equal(429, Assert.Throws<ElasticsearchException>(() => first.Take(501)).Status);
        first.Take(500);
        second.Take(450);
        Assert.Equal(429, Assert.Throws<ElasticsearchException>(() => third.Take(51)).Status);

        first.Dispose();
        third.Take(51);

        Assert.Equal(501, budgets.Taken);
    }

    [Theory]
    [InlineData("GET", "/logs/_search", """{"query":{"fuzzy":{"word":{"value":"aaa","fuzziness":"abc"}}}}""", "fuzziness cannot be [abc].")]
    [InlineData("GET", "/logs/_search", """{"query":{"fuzzy":{"word":{"value":"aaa","fuzziness":3}}}}""", "Valid edit distances are [0, 1, 2] but was [3]")]
    [InlineData("GET", "/logs/_search", """{"aggs":{"a":{"terms":{"field":"word.keyword","include":"a("}}}}""", "failed to parse regexp [a(]")]
    [InlineData("PUT", "/_snapshot/r", """{"type":"fs","settings":{"location":"a\u0000b"}}""", "the location has a null character")]
    public async Task A_clients_mistake_is_a_400(string method, string path, string body, string reason)
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.SendAsync("POST", "/logs/_doc?refresh=true", """{"word":"aab"}""");

        (int status, System.Text.Json.Nodes.JsonNode? answer) = await server.SendAsync(method, path, body);

        Assert.Equal(400, status);
        Assert.Contains(reason, answer!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aax~9", 1)]
    [InlineData("aab~1", 1)]
    [InlineData("xxx~2", 0)]
    public async Task A_query_string_takes_more_edits_than_two_for_two(string query, int found)
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.SendAsync("POST", "/logs/_doc?refresh=true", """{"word":"aab"}""");

        (int status, System.Text.Json.Nodes.JsonNode? answer) = await server.SendAsync("GET", $"/logs/_count?q=word:{query}");

        Assert.Equal((200, found), (status, (int)answer!["count"]!));
    }

    [Fact]
    public async Task Patterns_and_bodies_are_bounded()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.SendAsync("POST", "/logs/_doc?refresh=true", """{"word":"aab"}""");

        string stars = string.Concat(Enumerable.Repeat("*a", 501));
        Assert.Equal(400, (await server.SendAsync("GET", "/logs/_search", """{"query":{"wildcard":{"word":"PATTERN"}}}""".Replace("PATTERN", stars, StringComparison.Ordinal))).Status);
        string terms = string.Join(',', Enumerable.Repeat("\"aab\"", 400_000));
        Assert.Equal(413, (await server.SendAsync("GET", "/logs/_search", """{"query":{"terms":{"word":[TERMS]}}}""".Replace("TERMS", terms, StringComparison.Ordinal))).Status);
        string bulk = string.Concat(Enumerable.Repeat("{\"index\":{}}\n{}\n", 100_001));
        Assert.Equal(413, (await server.SendAsync("POST", "/logs/_bulk", bulk, "application/x-ndjson")).Status);
        Assert.Equal(1, (int)(await server.SendAsync("GET", "/logs/_count")).Body!["count"]!);
    }

    [Fact]
    public async Task Those_who_don_t_read_their_answers_take_places_of_searches_alone()
    {
        await using LocalServer server = await LocalServer.StartAsync(options => options.MaxSearches = 2);
        string document = $$"""{"word":"{{new string('a', 4000)}}"}""";
        await server.SendAsync("POST", "/logs/_bulk?refresh=true", string.Concat(Enumerable.Repeat($"{{\"index\":{{}}}}\n{document}\n", 4000)), "application/x-ndjson");
        List<Socket> readers = [];
        try
        {
            for (int i = 0; i < 2; i++)
                readers.Add(await AskWithoutReadingAsync(server.Address));
            await WaitAsync(async () => (await server.SendAsync("GET", "/logs/_count")).Status == 429);

            Assert.Equal(201, (await server.SendAsync("POST", "/logs/_doc", """{"word":"b"}""")).Status);
            Assert.Equal(200, (await server.SendAsync("GET", "/_cluster/health")).Status);
        }
        finally
        {
            foreach (Socket reader in readers)
                reader.Dispose();
        }

        await WaitAsync(async () => (await server.SendAsync("GET", "/logs/_count")).Status == 200);
    }

    [Fact]
    public async Task One_client_leaves_scrolls_and_points_in_time_for_others()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.SendAsync("POST", "/logs/_doc?refresh=true", """{"word":"a"}""");
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(200, (await server.SendAsync("POST", "/logs/_pit?keep_alive=1m")).Status);
            Assert.Equal(200, (await server.SendAsync("POST", "/logs/_search?scroll=1m")).Status);
        }

        Assert.Equal(429, (await server.SendAsync("POST", "/logs/_pit?keep_alive=1m")).Status);
        Assert.Equal(429, (await server.SendAsync("POST", "/logs/_search?scroll=1m")).Status);
        Assert.Equal(200, (await server.SendAsync("DELETE", "/_search/scroll/_all")).Status);
        Assert.Equal(200, (await server.SendAsync("POST", "/logs/_search?scroll=1m")).Status);
    }

    private static async Task<Socket> AskWithoutReadingAsync(Uri address)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /logs/_search?size=4000 HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n"));
        return socket;
    }

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(20, limit.Token);
    }

    private static string Word(Random random) => string.Create(random.Next(9), random, (word, source) =>
    {
        for (int i = 0; i < word.Length; i++)
            word[i] = (char)('a' + source.Next(3));
    });

    private static string Edited(Random random, string text)
    {
        StringBuilder word = new(text);
        for (int i = random.Next(4); i > 0; i--)
        {
            int at = random.Next(word.Length + 1);
            if (random.Next(3) == 0)
                word.Insert(at, (char)('a' + random.Next(3)));
            else if (at < word.Length && random.Next(2) == 0)
                word.Remove(at, 1);
            else if (at + 1 < word.Length)
                (word[at], word[at + 1]) = (word[at + 1], word[at]);
        }

        return word.ToString();
    }

    /// <summary>Optimal string alignment, by its definition.</summary>
    private static int Distance(string a, string b)
    {
        int[,] distance = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }

                int best = Math.Min(Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1, distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = Math.Min(best, distance[i - 2, j - 2] + 1);
                distance[i, j] = best;
            }

        return distance[a.Length, b.Length];
    }

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }
}
