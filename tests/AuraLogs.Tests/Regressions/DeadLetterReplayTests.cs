using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.Commands;
using AuraLogs.Elasticsearch;
using AuraLogs.Indexing;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Tests.Indexing;
using AuraLogs.Tests.Lifecycle;
using AuraLogs.Tests.Queue;
using Microsoft.AspNetCore.Http;
using Spectre.Console;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// <c>dead-letters replay</c> said "1 indexed" and left the letter listed, because nobody looked whether it had been deleted; 500 letters
/// of any size went into one request; and <c>list</c> said that there are none while they were in the file.
/// </summary>
public sealed class DeadLetterReplayTests : IAsyncLifetime, IDisposable
{
    private readonly StringWriter _output = new();
    private LocalCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await LocalCluster.StartAsync(DateTimeOffset.UtcNow);
        await _cluster.Lifecycle.ApplyAsync();
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task A_letter_that_can_not_be_deleted_is_said_to_stay()
    {
        await WriteLettersAsync(3, documentBytes: 10);
        await using var proxy = await ForwardAsync((body, context) =>
        {
            if (!body.Contains("\"delete\"", StringComparison.Ordinal))
                return null;
            context.Response.StatusCode = 200;
            return "{\"items\":[" + string.Join(',', Enumerable.Repeat("""{"delete":{"status":403,"error":{"type":"security_exception"}}}""", 3)) + "]}";
        });
        using var client = Client(proxy.Url);

        var code = await DeadLettersCommand.ReplayAsync(new DeadLetterStore(client, new IndexingOptions()), Console(), [], default);

        Assert.Equal(1, code);
        Assert.Contains("3 indexed", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("3 of the indexed stay listed", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("security_exception", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("delete on aura-dead-letters-*", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Large_letters_go_in_requests_that_are_taken_and_one_too_large_alone_stays()
    {
        const int Limit = 300_000;
        await WriteLettersAsync(20, documentBytes: 100_000);
        await WriteLettersAsync(1, documentBytes: 2 * Limit, first: 100);
        var largest = 0L;
        await using var proxy = await ForwardAsync((body, context) =>
        {
            largest = Math.Max(largest, body.Length);
            if (body.Length <= Limit)
                return null;
            context.Response.StatusCode = 413;
            return "";
        });
        using var client = Client(proxy.Url, mostAnswerBytes: 700_000);

        var result = await new DeadLetterStore(client, new IndexingOptions()).ReplayAsync([], _ => { }, default);

        Assert.Equal(20, result.Indexed);
        Assert.Equal(["request_entity_too_large"], result.Refused);
        Assert.Empty(result.NotDeleted);
        Assert.InRange(largest, Limit + 1, 8 << 20);
        await _cluster.SendAsync("POST", "/_refresh");
        Assert.Equal(1, (int)(await _cluster.SendAsync("GET", "/aura-dead-letters-*/_count"))["count"]!);
        Assert.Equal(20, (int)(await _cluster.SendAsync("GET", "/aura-services-*/_count"))["count"]!);
    }

    [Fact]
    public async Task Letters_on_this_disk_are_listed_and_shown_also_when_the_cluster_has_none_or_does_not_answer()
    {
        var directory = Directory.CreateTempSubdirectory("auralogs-letters-").FullName;
        try
        {
            var local = new LocalDeadLetters(directory);
            await File.WriteAllTextAsync(
                local.Path, string.Concat(Enumerable.Range(0, 30).Select(i => Action(i) + "\n" + Letter(i, $$"""{"n":{{i}}}""") + "\n")) + "{\"create\":{\"_index\":\"half");
            using var client = Client(_cluster.Url);

            Assert.Equal(0, await DeadLettersCommand.ListAsync(new DeadLetterStore(client, new IndexingOptions()), local, Console(), 20, default));
            Assert.Contains("letter-29", _output.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("letter-9 ", _output.ToString(), StringComparison.Ordinal);
            Assert.Contains("20 of 30", _output.ToString(), StringComparison.Ordinal);
            Assert.Contains("There are none in the cluster.", _output.ToString(), StringComparison.Ordinal);

            Assert.Equal(0, await DeadLettersCommand.ShowAsync(new DeadLetterStore(client, new IndexingOptions()), local, Console(), "letter-7", default));
            Assert.Contains("\"n\": 7", _output.ToString(), StringComparison.Ordinal);

            _output.GetStringBuilder().Clear();
            using var nobody = Client(new Uri("http://127.0.0.1:1"));
            await Assert.ThrowsAsync<ElasticsearchUnavailableException>(() => DeadLettersCommand.ListAsync(new DeadLetterStore(nobody, new IndexingOptions()), local, Console(), 20, default));
            Assert.Contains("20 of 30", _output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task It_is_a_problem_as_long_as_letters_are_on_this_disk_only()
    {
        using var directory = new QueueDirectory();
        await using var server = await BulkServer.StartAsync();
        var isBroken = true;
        server.Refuse = (index, _) => index.StartsWith("aura-dead-letters-", StringComparison.Ordinal)
            ? Volatile.Read(ref isBroken) ? (403, "security_exception", "no") : null
            : (400, "strict_dynamic_mapping_exception", "no");
        await using var run = await new IndexingRun(
            directory, server.Url.ToString(), options => options.DeadLetterRetryInterval = TimeSpan.FromMilliseconds(50)).StartAsync();
        await run.AppendAsync(3);
        await run.DrainedAsync();
        await Until.TrueAsync(() => run.Problems.Current.Any(problem => problem.Code == "dead-letters-on-disk"));

        Volatile.Write(ref isBroken, false);
        await Until.TrueAsync(() => run.Problems.Current.Count == 0);
        Assert.Equal(3, server.DeadLetters.Count());
    }

    private static string Action(int number) => $$$"""{"create":{"_index":"aura-dead-letters-2026.11.22","_id":"letter-{{{number}}}"}}""";

    private static string Letter(int number, string document) => new JsonObject
    {
        ["@timestamp"] = "2026-11-22T08:00:00.000Z",
        ["index"] = "aura-services-2026.11.22",
        ["id"] = $"letter-{number}",
        ["tag"] = "kube.test",
        ["error"] = new JsonObject { ["type"] = "mapper_parsing_exception", ["reason"] = "failed to parse" },
        ["document"] = document,
    }.ToJsonString();

    private static ElasticsearchClient Client(Uri url, int mostAnswerBytes = 64 << 20) =>
        new(new ElasticsearchOptions { Urls = url.ToString(), MaxResponseBytes = mostAnswerBytes }, () => url, TimeProvider.System);

    private IAnsiConsole Console()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(_output) });
        console.Profile.Width = 300;
        return console;
    }

    private async Task WriteLettersAsync(int count, int documentBytes, int first = 0)
    {
        var lines = new StringBuilder();
        for (var i = first; i < first + count; i++)
            lines.Append(Action(i)).Append('\n').Append(Letter(i, $$"""{"n":{{i}},"@timestamp":"2026-11-22T08:00:00Z","log":"{{new string('x', documentBytes)}}"}""")).Append('\n');
        await _cluster.SendAsync("POST", "/_bulk?refresh=true", lines.ToString());
    }

    /// <summary>Passes requests on to the cluster; an answer of the test's own for <c>_bulk</c> takes its place.</summary>
    private Task<Elasticsearch.HttpServer> ForwardAsync(Func<string, HttpContext, string?> answer) => Elasticsearch.HttpServer.StartAsync(async context =>
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        if (context.Request.Path == "/_bulk" && answer(body, context) is { } own)
        {
            await context.Response.WriteAsync(own);
            return;
        }

        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(_cluster.Url, context.Request.Path + context.Request.QueryString));
        request.Content = new StringContent(body, Encoding.UTF8, context.Request.Path == "/_bulk" ? "application/x-ndjson" : "application/json");
        using var response = await http.SendAsync(request);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(await response.Content.ReadAsStringAsync());
    });
}
