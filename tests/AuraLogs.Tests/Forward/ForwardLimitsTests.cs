using System.Net.Sockets;
using AuraLogs.Configuration;
using AuraLogs.Forward;
using AuraLogs.Forward.Refusing;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Forward;

/// <summary>What slow, silent and many clients may do.</summary>
public sealed class ForwardLimitsTests
{
    private static readonly byte[] Message = Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Pack.Map(Pack.Str("chunk"), Pack.Str("1")));

    [Fact]
    public async Task Connections_are_limited_in_all_and_for_each_address()
    {
        await using var server = await ForwardServer.StartAsync(options => options.MaxConnectionsPerAddress = 2);
        await using var first = await server.ConnectAsync();
        await using (var second = await server.ConnectAsync())
        {
            await Until.TrueAsync(() => server.Counts["auralogs_forward_connections"] == 2);
            await using var third = await server.ConnectAsync();
            Assert.Empty(await third.ReceiveEndAsync());
            Assert.Equal(1, server.Counts["auralogs_forward_refused_total too_many_from_address"]);
            Assert.Equal(1, server.Counts["auralogs_forward_connections_total refused"]);
        }

        await Until.TrueAsync(() => server.Counts["auralogs_forward_connections"] == 1);
        await using var next = await server.ConnectAsync();
        await next.SendAsync(Message);
        Assert.Equal("1", await next.ReceiveAckAsync());

        await using var small = await ForwardServer.StartAsync(options => options.MaxConnections = options.MaxConnectionsPerAddress = 1);
        await using var only = await small.ConnectAsync();
        await only.SendAsync(Message[..^1]);
        await Until.TrueAsync(() => small.Counts["auralogs_forward_received_bytes_total"] == Message.Length - 1);
        await using var other = await small.ConnectAsync();
        Assert.Empty(await other.ReceiveEndAsync());
        Assert.Equal(1, small.Counts["auralogs_forward_refused_total too_many_connections"]);
    }

    [Fact]
    public async Task Half_a_message_then_silence_ends_after_the_time_for_a_message()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var server = await ForwardServer.StartAsync(time: time);
        await using var silent = await server.ConnectAsync();
        await using var slow = await server.ConnectAsync();
        await using var idle = await server.ConnectAsync();
        await silent.SendAsync(Message[..^1]);
        await slow.SendAsync(Message[..^3]);
        await Until.TrueAsync(() => server.Counts["auralogs_forward_received_bytes_total"] == 2 * Message.Length - 4);

        for (int i = 0; i < 59; i++)
            time.Advance(TimeSpan.FromSeconds(1));
        await slow.SendAsync(Message[^3..], Message[..^3]);
        Assert.Equal("1", await slow.ReceiveAckAsync());
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(await silent.ReceiveEndAsync());
        await Until.TrueAsync(() => server.Counts["auralogs_forward_refused_total message_timeout"] == 1);

        await slow.SendAsync(Message[^3..]);
        Assert.Equal("1", await slow.ReceiveAckAsync());
        await idle.SendAsync(Message);
        Assert.Equal("1", await idle.ReceiveAckAsync());
    }

    [Fact]
    public async Task Silence_in_the_handshake_ends_after_its_time_and_silence_between_messages_much_later()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var server = await ForwardServer.StartAsync(options => options.Security.SharedKey = "key", time);
        await using var client = await server.ConnectAsync();
        await client.ReceiveAsync();
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Empty(await client.ReceiveEndAsync());
        await Until.TrueAsync(() => server.Counts["auralogs_forward_refused_total handshake_timeout"] == 1);

        await using var open = await ForwardServer.StartAsync(time: time);
        await using var idle = await open.ConnectAsync();
        await idle.SendAsync(Message);
        Assert.Equal("1", await idle.ReceiveAckAsync());
        await Until.TrueAsync(() => open.Counts["auralogs_forward_acks_total"] == 1); // the time for sending it is over
        time.Advance(TimeSpan.FromHours(11));
        await idle.SendAsync(Message);
        Assert.Equal("1", await idle.ReceiveAckAsync());
        await Until.TrueAsync(() => open.Counts["auralogs_forward_acks_total"] == 2);
        time.Advance(TimeSpan.FromHours(12)); // and no further: the end itself must not be overtaken by the time for a message
        Assert.Empty(await idle.ReceiveEndAsync());
        Assert.DoesNotContain(open.LogLines(), line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_acknowledgements_is_read_no_further_and_then_closed()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var server = await ForwardServer.StartAsync(options => options.MessageTimeout = TimeSpan.FromDays(1), time);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(server.EndPoint);
        byte[] chunk = Pack.Array(Pack.Str("t"), Pack.Array(), Pack.Map(Pack.Str("chunk"), Pack.Str(new string('c', 200))));
        byte[] many = Pack.Concat([.. Enumerable.Repeat(chunk, 5000)]);
        using var stop = new CancellationTokenSource();
        var sending = SendForeverAsync(socket, many, stop.Token);
        await Until.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return server.Clients.Connected.Count == 0 && server.Counts["auralogs_forward_connections_total accepted"] == 1;
        });
        Assert.Equal(1, server.Counts["auralogs_forward_refused_total send_timeout"]);
        Assert.Equal(0, server.Counts["auralogs_forward_stalled_connections"]);
        await stop.CancelAsync();
        await sending;
    }

    [Fact]
    public async Task Memory_for_receiving_is_bounded_and_what_stands_still_gives_way()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var server = await ForwardServer.StartAsync(
            options =>
            {
                options.MaxMessageBytes = 64 << 10;
                options.MaxReceiveBytes = 256 << 10;
            },
            time);
        var silent = new List<ForwardClient>();
        for (int i = 0; i < 4; i++)
        {
            var client = await server.ConnectAsync();
            await client.SendAsync(Message[..^1]);
            silent.Add(client);
        }

        await Until.TrueAsync(() => server.Counts["auralogs_forward_received_bytes_total"] == 4 * (Message.Length - 1));
        await using var last = await server.ConnectAsync();
        await last.SendAsync(Message);
        await Until.TrueAsync(() => server.IsShortOfMemory);
        for (int i = 0; i < 4; i++)
            time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("1", await last.ReceiveAckAsync());
        await Until.TrueAsync(() => server.Counts["auralogs_forward_refused_total stalled"] >= 1);
        foreach (var client in silent)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Two_thousand_idle_connections_hold_little_memory()
    {
        await using var server = await ForwardServer.StartAsync();
        var clients = new List<ForwardClient>();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 2000; i++)
        {
            var client = await server.ConnectAsync();
            await client.SendAsync(Message);
            clients.Add(client);
        }

        foreach (var client in clients)
            Assert.Equal("1", await client.ReceiveAckAsync());
        await Until.TrueAsync(() => server.Counts["auralogs_forward_acks_total"] == 2000);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 60 << 20, $"{grown} bytes, clients and server");
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Log_lines_that_clients_cause_are_limited_and_the_rest_is_told()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var server = await ForwardServer.StartAsync(time: time);
        for (int i = 0; i < RefusalLog.MaxLines + 5; i++)
            await RefuseAsync(server);
        Assert.Equal(RefusalLog.MaxLines, server.LogLines().Count(line => line.Contains("malformed", StringComparison.Ordinal)));
        Assert.Equal(RefusalLog.MaxLines + 5, server.Counts["auralogs_forward_refused_total malformed"]);
        time.Advance(RefusalLog.Period);
        await RefuseAsync(server);
        Assert.Contains(server.LogLines(), line => line.StartsWith("Warning: 5 more connections", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_unix_socket_takes_logs_too_and_replaces_what_was_left_behind()
    {
        string path = Path.Combine(Path.GetTempPath(), $"auralogs-{Guid.NewGuid():N}.sock");
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(path));
        }

        await using (var server = await ForwardServer.StartAsync(options => options.UnixSocket = path))
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            await using var client = new ForwardClient(new NetworkStream(socket, ownsSocket: true));
            await client.SendAsync(Message);
            Assert.Equal("1", await client.ReceiveAckAsync());
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Heartbeats_by_UDP_are_answered()
    {
        await using var server = await ForwardServer.StartAsync();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (int i = 0; i < 2; i++)
        {
            using var udp = new UdpClient();
            await udp.SendAsync("\0"u8.ToArray(), server.EndPoint, timeout.Token);
            var answer = await udp.ReceiveAsync(timeout.Token);
            Assert.Equal(server.EndPoint, answer.RemoteEndPoint);
            Assert.Single(answer.Buffer);
        }
    }

    [Fact]
    public void Every_mistake_in_the_options_is_reported_at_once()
    {
        var options = new ForwardOptions
        {
            Address = "nowhere",
            Port = 70_000,
            PlainText = false,
            MaxConnections = 0,
            MaxConnectionsPerAddress = 0,
            MaxMessageBytes = 1,
            MaxReceiveBytes = 1,
            ReceiveBufferBytes = 1,
            MaxUnpackedBytes = 0,
            MaxUnpackedRatio = 1,
            MaxEventsPerByte = 0,
            MaxNesting = 0,
            MaxTagBytes = 0,
            MaxChunkIdBytes = 0,
            HandshakeTimeout = TimeSpan.Zero,
            MessageTimeout = TimeSpan.Zero,
            SendTimeout = TimeSpan.Zero,
            IdleTimeout = TimeSpan.Zero,
            StopTimeout = TimeSpan.FromHours(1),
        };
        var errors = new ConfigurationErrors();
        options.Validate(errors);
        string[] keys =
        [
            "Address", "Port", "PlainText", "MaxConnections", "MaxConnectionsPerAddress", "MaxMessageBytes", "MaxReceiveBytes", "MaxUnpackedBytes",
            "ReceiveBufferBytes", "MaxUnpackedRatio", "MaxEventsPerByte", "MaxNesting", "MaxTagBytes", "MaxChunkIdBytes", "HandshakeTimeout",
            "MessageTimeout", "SendTimeout", "IdleTimeout", "StopTimeout",
        ];
        Assert.Equal(keys.Select(key => $"AuraLogs:Forward:{key}").Order(), errors.Messages.Select(message => message.Split(' ')[0]).Order());

        errors = new ConfigurationErrors();
        new ForwardOptions().Validate(errors);
        Assert.Empty(errors.Messages);
    }

    private static async Task RefuseAsync(ForwardServer server)
    {
        await using var client = await server.ConnectAsync();
        await client.SendAsync([0xc1]);
        await client.ReceiveEndAsync();
    }

    private static async Task SendForeverAsync(Socket socket, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
                await socket.SendAsync(bytes, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Closed, as it should be.
        }
    }
}
