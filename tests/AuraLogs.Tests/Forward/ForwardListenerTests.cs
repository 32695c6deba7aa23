using System.Net.Sockets;
using AuraLogs.Configuration;
using AuraLogs.Tests.Queue;
using AuraLogs.Unpacking;

namespace AuraLogs.Tests.Forward;

public sealed class ForwardListenerTests
{
    private static byte[] Chunk(string id) => Pack.Map(Pack.Str("chunk"), Pack.Str(id));

    [Fact]
    public async Task Every_mode_is_stored_and_acknowledged_in_order()
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        byte[] events = Pack.Concat(Pack.Event(5), Pack.Event(6));
        await client.SendAsync(
            Pack.Array(Pack.Str("a"), Pack.Time(4), Pack.Record(), Chunk("1")),
            Pack.Array(Pack.Str("b"), Pack.Array(Pack.Event(5), Pack.Event(6)), Chunk("2")),
            Pack.Array(Pack.Str("c"), Pack.Bin(events), Chunk("3")),
            Pack.Array(Pack.Str("d"), Pack.Bin(Pack.Gzip(events)), Chunk("4")),
            Pack.Array(Pack.Str("e"), Pack.Bin(Pack.Zstd(events)), Chunk("5")));
        foreach (string id in (string[])["1", "2", "3", "4", "5"])
            Assert.Equal(id, await client.ReceiveAckAsync());

        string hex = Convert.ToHexString(events);
        Assert.Equal(
            [
                new StoredEntry("a", "1", Convert.ToHexString(Pack.Event(4)), 1, 0, 4, Compression.None),
                new StoredEntry("b", "2", hex, 2, 0, 5, Compression.None),
                new StoredEntry("c", "3", hex, 2, 0, 5, Compression.None),
                new StoredEntry("d", "4", Convert.ToHexString(Pack.Gzip(events)), 2, 0, 5, Compression.Gzip),
                new StoredEntry("e", "5", Convert.ToHexString(Pack.Zstd(events)), 2, 0, 5, Compression.Zstd),
            ],
            await server.ReadAsync(9));
        Assert.Equal(9, server.Counts["auralogs_forward_events_total"]);
        Assert.Equal(2, server.Counts["auralogs_forward_frames_total compressed_packed_forward"]);
        await Until.TrueAsync(() => server.Counts["auralogs_forward_acks_total"] == 5);
    }

    [Fact]
    public async Task An_acknowledgement_never_comes_before_the_commit()
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        for (int i = 0; i < 50; i++)
        {
            await client.SendAsync(Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Chunk($"{i}")));
            Assert.Equal($"{i}", await client.ReceiveAckAsync());
            Assert.True(server.Queue.Ledger.Received >= i + 1);
        }
    }

    [Fact]
    public async Task Without_a_chunk_id_messages_are_stored_and_nothing_is_answered()
    {
        await using var server = await ForwardServer.StartAsync();
        await using (var client = await server.ConnectAsync())
        {
            for (int i = 0; i < 1000; i++)
                await client.SendAsync(Pack.Array(Pack.Str("t"), Pack.Int(i), Pack.Record()));
            Assert.Equal(1000, (await server.ReadAsync(1000)).Count);
        }

        Assert.Equal(0, server.Counts["auralogs_forward_acks_total"]);
    }

    [Fact]
    public async Task Many_chunks_can_be_sent_without_waiting()
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        const int count = 20_000;
        byte[] all = Pack.Concat([.. Enumerable.Range(0, count).Select(i => Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Chunk($"{i:d24}")))]);
        var sending = client.SendAsync(all);
        byte[] expected = Pack.Concat([.. Enumerable.Range(0, count).Select(i => Pack.Map(Pack.Str("ack"), Pack.Str($"{i:d24}")))]);
        byte[] acks = new byte[expected.Length];
        await client.Stream.ReadExactlyAsync(acks);
        await sending;
        Assert.Equal(expected, acks);
    }

    [Fact]
    public async Task Metadata_in_the_options_of_a_Message_is_stored_with_the_event()
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        byte[] metadata = Pack.Map(Pack.Str("stream"), Pack.Str("stdout"));
        await client.SendAsync(Pack.Array(Pack.Str("t"), Pack.Time(9), Pack.Record(), Pack.Map(Pack.Str("metadata"), metadata)));
        byte[] expected = Pack.Array(Pack.Array(Pack.Time(9), metadata), Pack.Record());
        Assert.Equal([new StoredEntry("t", "", Convert.ToHexString(expected), 1, 0, 9, Compression.None)], await server.ReadAsync(1));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task What_is_too_large_for_an_entry_is_split_and_acknowledged_once(string packing)
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var random = new Random(1);
        byte[][] events = [.. Enumerable.Range(0, 100).Select(i => Pack.Event((uint)(100 + i), Noise(random, 60_000)))];
        byte[] payload = Pack.Concat(events);
        byte[] packed = packing switch { "gzip" => Pack.Gzip(payload), "zstd" => Pack.Zstd(payload), _ => payload };
        Assert.True(packed.Length > server.Queue.MaxEventBytes);
        await client.SendAsync(Pack.Array(Pack.Str("t"), Pack.Bin(packed), Chunk("large")));
        Assert.Equal("large", await client.ReceiveAckAsync());

        var entries = await server.ReadAsync(events.Length);
        Assert.True(entries.Count > 3);
        Assert.Equal(Convert.ToHexString(payload), string.Concat(entries.Select(entry => entry.Events)));
        int ordinal = 0;
        foreach (var entry in entries)
        {
            Assert.Equal(("t", "large", ordinal, 100u, Compression.None), (entry.Tag, entry.ChunkId, entry.FirstOrdinal, entry.ChunkSecond, entry.Compression));
            ordinal += entry.EventCount;
        }
    }

    [Fact]
    public async Task Other_signals_are_acknowledged_and_counted_and_not_stored()
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        for (int signal = 1; signal <= 4; signal++)
        {
            byte[] options = Pack.Map(Pack.Str("chunk"), Pack.Str($"s{signal}"), Pack.Str("fluent_signal"), Pack.Int(signal));
            await client.SendAsync(Pack.Array(Pack.Str("m"), Pack.Bin([0x80]), options));
            Assert.Equal($"s{signal}", await client.ReceiveAckAsync());
        }

        foreach (string name in (string[])["metrics", "traces", "profiles", "blobs"])
            Assert.Equal(1, server.Counts[$"auralogs_forward_other_signals_total {name}"]);
        Assert.Equal(0, server.Queue.Ledger.Received);
        Assert.Single(server.LogLines(), line => line.Contains("which are not logs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bad_input_closes_its_connection_with_one_line_and_nobody_else_notices()
    {
        await using var server = await ForwardServer.StartAsync();
        await using var good = await server.ConnectAsync();
        byte[] bomb = Pack.Gzip(Pack.Array(Pack.Int(1), Pack.Map(Pack.Str("a"), Pack.Str(new string('x', 80_000_000)))));
        (byte[] Bytes, string Reason)[] bad =
        [
            ("no message"u8.ToArray(), "not_a_message"),
            ([0xc1], "malformed"),
            (Pack.Array(Pack.Str("secret-tag"), Pack.Int(1), Pack.Str("secret")), "not_an_event"),
            (Pack.Array(Pack.Str("t"), Pack.Int(1), [.. Enumerable.Repeat<byte[]>([0x81, 0xa1, (byte)'a'], 10_000).SelectMany(x => x), 0xc0]), "too_deep"),
            (Pack.Array(Pack.Str("t"), Pack.Bin(Pack.Gzip(Pack.Event(1))[..^5])), "broken_compression"),
            (Pack.Array(Pack.Str("t"), Pack.Bin([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3])), "broken_compression"),
            (Pack.Array(Pack.Str("t"), Pack.Bin(Pack.Gzip([1, 2, 3]))), "not_an_event"),
            (Pack.Array(Pack.Str("t"), Pack.Bin(bomb)), "unpacked_too_large"),
            ([0x92, 0xa1, (byte)'t', 0xc6, 0x7f, 0xff, 0xff, 0xff], "message_too_large"),
        ];
        foreach (var (bytes, reason) in bad)
        {
            long before = server.Counts[$"auralogs_forward_refused_total {reason}"];
            await using var client = await server.ConnectAsync();
            await client.SendAsync(bytes);
            Assert.Empty(await client.ReceiveEndAsync());
            Assert.Equal((reason, before + 1), (reason, server.Counts[$"auralogs_forward_refused_total {reason}"]));
            Assert.Contains($"127.0.0.1", server.LogLines()[^1], StringComparison.Ordinal);
            Assert.Contains($": {reason} at byte", server.LogLines()[^1], StringComparison.Ordinal);
        }

        // Not every warning: on a busy machine the good one may be silent for so long that there is one for it too.
        Assert.Equal(bad.Length, server.LogLines().Count(line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains(" at byte", StringComparison.Ordinal)));
        Assert.DoesNotContain(server.LogLines(), line => line.Contains("secret", StringComparison.Ordinal));
        await good.SendAsync(Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Chunk("good")));
        Assert.Equal("good", await good.ReceiveAckAsync());
    }

    [Fact]
    public async Task What_came_before_bad_input_is_stored_and_acknowledged()
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Pack.Concat(Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Chunk("before")), [0xc1]));
        Assert.Equal("before", await client.ReceiveAckAsync());
        await client.ReceiveEndAsync();
    }

    [Fact]
    public async Task A_client_that_closes_its_side_still_gets_its_acknowledgements()
    {
        await using var server = await ForwardServer.StartAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.EndPoint);
        await using var client = new ForwardClient(new NetworkStream(socket));
        await client.SendAsync(Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Chunk("last")));
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("last", await client.ReceiveAckAsync());
        Assert.Empty(await client.ReceiveEndAsync());
        await Until.TrueAsync(() => server.Clients.Connected.Count == 0);
    }

    [Fact]
    public async Task Stopping_stores_and_acknowledges_what_has_arrived_and_closes()
    {
        await using var server = await ForwardServer.StartAsync();
        await using var idle = await server.ConnectAsync();
        await using var half = await server.ConnectAsync();
        await using var client = await server.ConnectAsync();
        await half.SendAsync(Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Chunk("half"))[..^1]);
        await client.SendAsync(Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Chunk("whole")));
        await Until.TrueAsync(() => server.Counts["auralogs_forward_connections"] == 3);
        await server.StopAsync();

        Assert.Equal("whole", await client.ReceiveAckAsync());
        Assert.Empty(await client.ReceiveEndAsync());
        Assert.Empty(await idle.ReceiveEndAsync());
        Assert.Empty(await half.ReceiveEndAsync());
        Assert.Equal(1, server.Queue.Ledger.Received);
        Assert.Contains("Information: Take no more logs; 3 connections ended in order, 0 were cut off.", server.LogLines());
        await Assert.ThrowsAnyAsync<SocketException>(server.ConnectAsync);
    }

    [Fact]
    public async Task A_port_in_use_is_a_mistake_in_the_configuration()
    {
        await using var server = await ForwardServer.StartAsync();
        var mistake = await Assert.ThrowsAsync<ConfigurationException>(() => ForwardServer.StartAsync(options => options.Port = server.EndPoint.Port));
        Assert.Contains(server.EndPoint.ToString(), Assert.Single(mistake.Mistakes), StringComparison.Ordinal);
    }

    private static string Noise(Random random, int length) => string.Create(length, random, (text, source) =>
    {
        for (int i = 0; i < text.Length; i++)
            text[i] = (char)source.Next(32, 127);
    });
}
