using System.Text;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Forward;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>What is set at one side only, or is another protocol, was one reason for all, or a silent hang.</summary>
public sealed class WrongProtocolTests
{
    [Theory]
    [InlineData("POST /v1/logs HTTP/1.1\r\nHost: a\r\n\r\n", "http_request")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "http_request")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http_request")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000", "tls_on_plain_text")]
    public async Task Another_protocol_is_named_and_HTTP_is_answered(string first, string reason)
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Encoding.Latin1.GetBytes(first));
        string answer = Encoding.ASCII.GetString(await client.ReceiveEndAsync());
        await Until.TrueAsync(() => server.Counts[$"auralogs_forward_refused_total {reason}"] == 1);

        Assert.Contains(server.LogLines(), line => line.Contains(reason, StringComparison.Ordinal) && line.Contains("This port", StringComparison.Ordinal));
        if (reason != "http_request")
            return;
        // An exporter of OTLP gives up what is answered with 400 and keeps what is answered with 503.
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        string[] parts = answer.Split("\r\n\r\n");
        Assert.Contains($"Content-Length: {parts[1].Length}\r\n", parts[0] + "\r\n", StringComparison.Ordinal);
        Assert.Contains("opentelemetry", parts[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handshake_that_nobody_asked_for_is_named()
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        byte[] text = Pack.Str("x");
        await client.SendAsync(Pack.Array(Pack.Str("PING"), text, text, text, text, text));
        await client.ReceiveEndAsync();
        await Until.TrueAsync(() => server.Counts["auralogs_forward_refused_total handshake_unexpected"] == 1);
    }

    [Fact]
    public async Task A_message_instead_of_the_handshake_is_named()
    {
        await using var server = await ForwardServer.StartAsync(options => options.Security.SharedKey = "key");
        await using var client = await server.ConnectAsync();
        await client.ReceiveAsync();
        await client.SendAsync(Pack.Array(Pack.Str("t"), Pack.Array(Pack.Event(1))));
        await client.ReceiveEndAsync();
        await Until.TrueAsync(() => server.Counts["auralogs_forward_refused_total handshake_missing"] == 1);
    }

    /// <summary>A Fluent Bit with a shared key says nothing before the server does, so both wait.</summary>
    [Fact]
    public async Task A_sender_that_waits_for_a_handshake_is_told_of()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var server = await ForwardServer.StartAsync(time: time);
        await using var waiting = await server.ConnectAsync();
        await using var talking = await server.ConnectAsync();
        await talking.SendAsync(Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Pack.Map(Pack.Str("chunk"), Pack.Str("1"))));
        Assert.Equal("1", await talking.ReceiveAckAsync());

        for (int i = 0; i < 40; i++)
            time.Advance(TimeSpan.FromSeconds(1));

        await Until.TrueAsync(() => server.LogLines().Any(line => line.Contains("waits for a handshake", StringComparison.Ordinal)));
        for (int i = 0; i < 40; i++)
            time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(server.LogLines(), line => line.Contains("waits for a handshake", StringComparison.Ordinal));
    }
}
