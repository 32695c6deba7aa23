using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AuraLogs.Commands;
using AuraLogs.Elasticsearch;
using AuraLogs.Indexing;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Indexing.Sending;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Archive;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Kibana;
using AuraLogs.Lifecycle.Reconcile;
using AuraLogs.Lifecycle.Status;
using AuraLogs.Operations.Logs;
using AuraLogs.Tests.Elasticsearch;
using AuraLogs.Tests.Indexing;
using AuraLogs.Tests.Queue;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// Whatever answers in the place of Elasticsearch or Kibana, and whatever it says: the worst is a retry. An answer whose text could not be
/// read used to end the process.
/// </summary>
public sealed class WrongAnswersTests : IDisposable
{
    private const int PerAnswer = 2;

    private readonly QueueDirectory _directory = new();
    private int _asked;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(200)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Bulk_requests_are_sent_again_until_the_answer_can_be_read(int status)
    {
        await using var server = await BulkServer.StartAsync();
        server.Intercept = async context =>
        {
            var number = Interlocked.Increment(ref _asked) - 1;
            if (number >= WrongAnswers.All.Count)
                return false;

            // What was asked for is done, and the answer does not tell.
            await server.ApplyAsync(context);
            context.Response.StatusCode = status;
            await context.Response.Body.WriteAsync(WrongAnswers.All[number]);
            return true;
        };
        await using var run = new IndexingRun(_directory, server.Url.ToString(), options =>
        {
            (options.RetryDelay, options.MaxRetryDelay, options.SlowRetryDelay) = (TimeSpan.FromTicks(1), TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(2));
            options.MaxRequestDocuments = PerAnswer;
        });
        await run.AppendAsync(10 * PerAnswer, perChunk: PerAnswer);
        await run.StartAsync();

        await run.DrainedAsync();

        Assert.True(_asked > WrongAnswers.All.Count, "Not every answer was given.");
        Assert.False(run.Service<BulkDelivery>().Failed.IsCompleted);
        Assert.Equal(Enumerable.Range(0, 10 * PerAnswer), server.Logs.Select(document => document.Value.GetProperty("n").GetInt32()).Order());
        Assert.Empty(server.DeadLetters);
        var ledger = run.Queue.Ledger;
        Assert.Equal((10 * PerAnswer, 0), (ledger.Indexed + ledger.Duplicates, ledger.DeadLettered));
    }

    [Fact]
    public async Task Dead_letters_on_disk_stay_until_the_answer_can_be_read()
    {
        var letters = """{"create":{"_index":"aura-dead-letters-2026.01.01","_id":"a"}}""" + "\n{\"n\":1}\n";
        await using var server = await BulkServer.StartAsync();
        server.Intercept = async context =>
        {
            var number = Interlocked.Increment(ref _asked) - 1;
            if (number >= WrongAnswers.All.Count)
                return false;
            await context.Response.Body.WriteAsync(WrongAnswers.All[number]);
            return true;
        };
        await using var run = new IndexingRun(_directory, server.Url.ToString(), options => options.DeadLetterRetryInterval = TimeSpan.FromMilliseconds(1));
        await run.Service<DeadLetterFile>().AppendAsync(Encoding.UTF8.GetBytes(letters), default);
        await run.StartAsync();

        await Until.TrueAsync(() => server.DeadLetters.Any());

        Assert.True(_asked > WrongAnswers.All.Count, "Not every answer was given.");
        Assert.Single(server.DeadLetters);
        await Until.TrueAsync(() => new FileInfo(Path.Combine(run.DeadLetterPath, "dead-letters.ndjson")).Length == 0);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task Everyone_else_who_asks_gets_an_exception_that_is_expected(int status)
    {
        byte[] answer = [];
        await using var server = await HttpServer.StartAsync(context =>
        {
            // The version is right, so that all that follows is asked for too.
            if (context.Request.Path == "/")
                return context.Response.WriteAsync("""{"version":{"number":"8.19.0"}}""");
            context.Response.StatusCode = status;
            return context.Response.Body.WriteAsync(answer).AsTask();
        });
        var asked = Callers(server.Url.ToString());

        foreach (var wrong in WrongAnswers.All)
        {
            answer = wrong;
            foreach (var (name, ask) in asked)
            {
                var e = await Record.ExceptionAsync(ask);
                Assert.True(
                    e is null or ClusterRefusedException or ElasticsearchUnavailableException or LogSearchException or JsonException,
                    $"{name} on {Encoding.Latin1.GetString(wrong)[..Math.Min(200, wrong.Length)]}: {e}");
            }
        }
    }

    [Fact]
    public async Task What_is_no_http_is_no_answer()
    {
        string[] answers =
        [
            "", "\0", "HTTP", "HTTP/1.1", "HTTP/1.1 200", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 99999 OK\r\n\r\n", "HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n{}", "SSH-2.0-OpenSSH\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=klingon\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 302 Found\r\nLocation: ht!tp://\u00e9\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n{}", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\n: no name\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nX: " + new string('x', 100_000) + "\r\n\r\n", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: \u00ff\u00fe\r\nContent-Length: 0\r\n\r\n",
        ];
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answer = "";
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync();
        var asked = Callers($"http://{listener.LocalEndpoint}");

        foreach (var next in answers)
        {
            answer = next;
            foreach (var (name, ask) in asked)
            {
                var e = await Record.ExceptionAsync(ask);
                Assert.True(
                    e is null or ClusterRefusedException or ElasticsearchUnavailableException or LogSearchException or JsonException,
                    $"{name} on {next[..Math.Min(200, next.Length)]}: {e}");
            }
        }

        await stop.CancelAsync();
        await serving;

        async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var connection = await listener.AcceptSocketAsync(stop.Token);
                    await connection.ReceiveAsync(new byte[64 << 10], stop.Token);
                    await connection.SendAsync(Encoding.Latin1.GetBytes(answer), stop.Token);
                    connection.Shutdown(SocketShutdown.Send);
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }
    }

    private static (string Name, Func<Task> Ask)[] Callers(string url)
    {
        var time = TimeProvider.System;
        var elasticsearch = new ElasticsearchOptions { Urls = url, RequestTimeout = TimeSpan.FromSeconds(5) };
        var client = new ElasticsearchClient(elasticsearch, () => throw new InvalidOperationException(), time);
        var (indexing, lifecycle) = (new IndexingOptions(), new LifecycleOptions());
        var (cluster, names) = (new ClusterApi(client), LifecycleNames.For(indexing.IndexPrefix));
        var observer = new LifecycleObserver(cluster, lifecycle, names, time);
        var kibana = new DataViews(new KibanaClient(new KibanaOptions { Url = url }, elasticsearch, time), names);
        var archive = new LogArchive(cluster, lifecycle, names, time);
        var letters = new DeadLetterStore(client, indexing);
        var search = new LogSearch(client, indexing, lifecycle, time);
        var features = new ClusterFeatures(new Version(8, 19, 0));
        var pass = new LifecyclePass(features, Deletion.ByAge, [], ReadyForEvents: true);
        var old = new LifecyclePass(new ClusterFeatures(new Version(7, 4, 0)), Deletion.ByAge, [], ReadyForEvents: true);
        var day = new ArchivedDay(new DateOnly(2026, 1, 1), "aura-services-2026.01.01", [new ArchiveSnapshot("s", default, ["aura-services-2026.01.01"])]);
        return
        [
            ("reconcile", () => new Reconciler(cluster, lifecycle, names, local: false, time).RunAsync(apply: true, takeOver: true, default)),
            ("adopt", () => new IndexAdoption(cluster, names, NullLogger<IndexAdoption>.Instance).RunAsync(features, default)),
            ("observe", () => observer.ObserveAsync(pass, default)),
            ("check repository", () => observer.CheckRepositoryAsync(default)),
            ("data views", () => kibana.RunAsync(features, apply: true, default)),
            ("index patterns", () => kibana.RunAsync(old.Features, apply: true, default)),
            ("archive list", () => archive.ListAsync(default)),
            ("archive restored", () => archive.ListRestoredAsync(default)),
            ("archive restore", () => archive.StartRestoreAsync([(day, day.Newest)], default)),
            ("archive wait", () => archive.WaitAsync(["restored-aura-services-2026.01.01"], _ => throw new ClusterRefusedException(0, "", "enough"), default)),
            ("dead letters list", () => letters.ListAsync(10, default)),
            ("dead letters find", () => letters.FindAsync("a", default)),
            ("dead letters replay", () => letters.ReplayAsync([], _ => throw new ClusterRefusedException(0, "", "enough"), default)),
            ("search", () => search.SearchAsync(new LogScope(null, null, null), 10, default)),
            ("fields", () => search.FieldsAsync(default)),
            ("values", () => search.ValuesAsync(new LogScope(null, null, null), "a", default)),
            ("top", () => TopCommand.RunAsync(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }), new Uri(url), TimeSpan.FromSeconds(1), once: true, default)),
        ];
    }
}
