using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.Tests.Elasticsearch;

public sealed class ElasticsearchClientTests
{
    [Fact]
    public async Task An_answer_of_any_status_is_the_callers_to_judge()
    {
        await using var server = await HttpServer.StartAsync(context =>
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteAsync("""{"error":{"type":"index_not_found_exception","reason":"no such index [x]"},"status":404}""");
        });
        using var client = Client(server.Url.ToString());

        using var response = await client.SendAsync(HttpMethod.Get, "/x", (JsonNode?)null, default);

        Assert.Equal(404, response.Status);
        Assert.False(response.IsSuccess);
        Assert.Equal(new ElasticsearchError("index_not_found_exception", "no such index [x]"), response.Error);
        Assert.Equal(404, response.ReadJson().GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_body_goes_out_whole_and_an_answer_larger_than_the_first_buffer_comes_back_whole()
    {
        await using var server = await HttpServer.StartAsync(async context =>
        {
            Assert.Equal("application/x-ndjson", context.Request.ContentType);
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        using var client = Client(server.Url.ToString());
        var body = new byte[300_000];
        new Random(1).NextBytes(body);

        using var response = await client.SendAsync(HttpMethod.Post, "/_bulk", body, "application/x-ndjson", default);

        Assert.True(response.Body.Span.SequenceEqual(body));
    }

    [Fact]
    public async Task The_path_of_a_node_is_kept()
    {
        await using var server = await HttpServer.StartAsync(context => context.Response.WriteAsync(context.Request.Path + context.Request.QueryString));
        using var client = Client(server.Url + "search/");

        using var response = await client.SendAsync(HttpMethod.Get, "/_count?q=a", (JsonNode?)null, default);

        Assert.Equal("/search/_count?q=a", System.Text.Encoding.UTF8.GetString(response.Body.Span));
    }

    [Fact]
    public async Task A_node_that_refuses_the_connection_is_replaced_by_the_next_and_then_left_alone()
    {
        await using var server = await HttpServer.StartAsync(context => context.Response.WriteAsync("{}"));
        using var client = Client($"http://127.0.0.1:{UnusedPort()},{server.Url}");

        for (var i = 0; i < 10; i++)
        {
            using var response = await client.SendAsync(HttpMethod.Get, "/", (JsonNode?)null, default);
            Assert.Equal(server.Url.Port, response.Node.Port);
        }

        Assert.Equal(1, client.Nodes.SetAside);
        Assert.Equal(10, server.Requests);
    }

    [Fact]
    public async Task A_connection_closed_without_an_answer_is_not_sent_to_another_node_because_it_may_have_been_carried_out()
    {
        await using var first = await HttpServer.StartAsync(Abort);
        await using var second = await HttpServer.StartAsync(Abort);
        using var client = Client($"{first.Url},{second.Url}");

        await Assert.ThrowsAsync<ElasticsearchUnavailableException>(
            () => client.SendAsync(HttpMethod.Post, "/_bulk", "{}"u8.ToArray(), "application/json", default));

        Assert.Equal(1, first.Requests + second.Requests);
    }

    /// <summary>An orderly close, after which everything that was sent has arrived: nothing but the length tells that there was more.</summary>
    [Fact]
    public async Task An_answer_that_is_cut_is_no_answer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync();
        using var client = Client($"http://{listener.LocalEndpoint}");

        var e = await Assert.ThrowsAsync<ElasticsearchUnavailableException>(() => client.SendAsync(HttpMethod.Get, "/", (JsonNode?)null, default));

        Assert.True(e.WasConnected);
        await answering;

        async Task AnswerAsync()
        {
            using var connection = await listener.AcceptSocketAsync();
            await connection.ReceiveAsync(new byte[4096]);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"errors\":false"u8.ToArray());
            connection.Shutdown(SocketShutdown.Send);
            await connection.ReceiveAsync(new byte[4096]);
        }
    }

    [Fact]
    public async Task An_answer_over_the_limit_is_refused_whether_it_says_its_length_or_not()
    {
        await using var server = await HttpServer.StartAsync(async context =>
        {
            if (context.Request.Path == "/announced")
                context.Response.ContentLength = 100_000;
            await context.Response.Body.WriteAsync(new byte[100_000]);
        });
        using var client = Client(server.Url.ToString(), options => options.MaxResponseBytes = 64 << 10);

        foreach (var path in (string[])["/announced", "/chunked"])
        {
            var e = await Assert.ThrowsAsync<ElasticsearchUnavailableException>(
                () => client.SendAsync(HttpMethod.Get, path, (JsonNode?)null, default));
            Assert.Contains("MaxResponseBytes", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_node_that_does_not_answer_in_time_is_unavailable_but_a_cancelled_caller_is_cancelled()
    {
        await using var server = await HttpServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var client = Client(server.Url.ToString(), options => options.RequestTimeout = TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAsync<ElasticsearchUnavailableException>(() => client.SendAsync(HttpMethod.Get, "/", (JsonNode?)null, default));

        using var patient = Client(server.Url.ToString());
        using var cancel = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => patient.SendAsync(HttpMethod.Get, "/", (JsonNode?)null, cancel.Token));
    }

    [Theory]
    [InlineData("user", "secret", "", "", "Basic dXNlcjpzZWNyZXQ=")]
    [InlineData("", "", "aWQ6a2V5", "", "ApiKey aWQ6a2V5")]
    [InlineData("", "", "", "AAEAAWVsYXN0aWM", "Bearer AAEAAWVsYXN0aWM")]
    public async Task Each_way_of_authentication_sends_its_header(string user, string password, string apiKey, string bearer, string expected)
    {
        await using var server = await HttpServer.StartAsync(context => context.Response.WriteAsync(context.Request.Headers.Authorization.ToString()));
        using var client = Client(server.Url.ToString(), options =>
        {
            options.Username = user;
            options.Password = password;
            options.ApiKey = apiKey;
            options.BearerToken = bearer;
        });

        using var response = await client.SendAsync(HttpMethod.Get, "/", (JsonNode?)null, default);

        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(response.Body.Span));
    }

    [Fact]
    public async Task A_secret_that_was_replaced_is_used_after_the_first_401()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "old\n");
            await using var server = await HttpServer.StartAsync(context =>
            {
                context.Response.StatusCode = context.Request.Headers.Authorization == "ApiKey new" ? 200 : 401;
                return Task.CompletedTask;
            });
            using var client = Client(server.Url.ToString(), options => options.ApiKeyFile = file);
            Assert.Equal(401, await StatusOf(client));

            await File.WriteAllTextAsync(file, "new\n");

            Assert.Equal(200, await StatusOf(client));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<int> StatusOf(ElasticsearchClient client)
    {
        using var response = await client.SendAsync(HttpMethod.Get, "/", (JsonNode?)null, default);
        return response.Status;
    }

    private static ElasticsearchClient Client(string urls, Action<ElasticsearchOptions>? configure = null)
    {
        var options = new ElasticsearchOptions { Urls = urls };
        configure?.Invoke(options);
        return new ElasticsearchClient(options, () => throw new InvalidOperationException("Nodes are named."), TimeProvider.System);
    }

    private static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
