using System.Net.Sockets;
using AuraLogs.Queue;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Forward;

/// <summary>Which of two equal chunks is sent again, and which is another one.</summary>
public sealed class ResendTests
{
    public static readonly TheoryData<string, byte[]> Chunks = new()
    {
        { "whole seconds and a hash", Forward(Pack.Event(1_700_000_000)) },
        { "whole seconds and a hash, mode Message", Message(Pack.Time(1_700_000_000, 7_000_000)) },
        { "whole seconds and a hash, compressed", Compressed(Pack.Event(1_700_000_000)) },
        { "nanoseconds and a hash", Forward(Pack.Array(Pack.Time(1_700_000_000, 1), Pack.Record())) },
        { "a unique id", Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Pack.Map(Pack.Str("chunk"), Pack.Str("p8n9gmxTQVC8/nh2wlKKeQ==\n"))) },
    };

    [Theory]
    [MemberData(nameof(Chunks))]
    public async Task A_chunk_whose_connection_ended_before_its_acknowledgement_is_stored_once(string kind, byte[] chunk)
    {
        await using var server = await ForwardServer.StartAsync();
        for (int resends = 1; resends <= 3; resends++)
        {
            await SendAndGoAsync(server, chunk);
            // The count first: what is unacknowledged may still be what the connection before left.
            int before = resends - 1;
            await Until.TrueAsync(() => server.Counts["auralogs_forward_resent_chunks_total"] == before
                && server.Queue.Unacknowledged.Count == 1 && server.Counts["auralogs_forward_connections"] == 0);
        }

        await SendAndReceiveAsync(server, chunk);
        Assert.Equal(3, server.Counts["auralogs_forward_resent_chunks_total"]);
        Assert.Equal(1, server.Queue.Ledger.Received);
        Assert.Equal(0, server.Queue.Unacknowledged.Count);
        Assert.NotEmpty(kind);
    }

    [Fact]
    public async Task Each_of_two_equal_chunks_is_found_again()
    {
        await using var server = await ForwardServer.StartAsync();
        byte[] chunk = Forward(Pack.Event(1_700_000_000));
        byte[] twice = Pack.Concat(chunk, chunk);
        await SendAndGoAsync(server, twice);
        await Until.TrueAsync(() => server.Queue.Unacknowledged.Count == 2);
        await SendAndReceiveAsync(server, chunk);
        await SendAndReceiveAsync(server, chunk);
        await SendAndReceiveAsync(server, chunk);
        Assert.Equal((2, 3), (server.Counts["auralogs_forward_resent_chunks_total"], server.Queue.Ledger.Received));
    }

    [Fact]
    public async Task The_same_lines_under_another_tag_are_no_resend()
    {
        await using var server = await ForwardServer.StartAsync();
        byte[] events = Pack.Event(1_700_000_000);
        await SendAndGoAsync(server, Forward(events));
        await Until.TrueAsync(() => server.Queue.Unacknowledged.Count == 1 && server.Counts["auralogs_forward_connections"] == 0);
        await SendAndReceiveAsync(server, Pack.Array(Pack.Str("u"), Pack.Array(events), ContentHash.Options(events)));
        Assert.Equal((0, 2), (server.Counts["auralogs_forward_resent_chunks_total"], server.Queue.Ledger.Received));
    }

    [Fact]
    public async Task A_client_that_ends_its_side_first_and_reads_its_acknowledgement_then_is_acknowledged()
    {
        await using var server = await ForwardServer.StartAsync();
        byte[] chunk = Forward(Pack.Event(1_700_000_000));
        for (int i = 1; i <= 2; i++)
        {
            using var socket = await ConnectAsync(server);
            await socket.SendAsync(chunk);
            await using var client = new ForwardClient(new NetworkStream(socket));
            socket.Shutdown(SocketShutdown.Send);
            await client.ReceiveAckAsync();
            await Until.TrueAsync(() => server.Queue.Unacknowledged.Count == 0 && server.Counts["auralogs_forward_connections"] == 0);
        }

        Assert.Equal(2, server.Queue.Ledger.Received);
    }

    [Fact]
    public async Task A_full_queue_stores_a_chunk_once_that_was_sent_many_times_and_lets_dead_connections_go()
    {
        await using var server = await ForwardServer.StartAsync(layout: SmallQueue);
        byte[] chunk = Forward(Pack.Event(1_700_000_000));
        byte[] unnamed = Pack.Array(Pack.Str("t"), Pack.Array(Pack.Event(1)));
        int filling = await FillAsync(server.Queue);

        // Ten times without patience, once with; and one that asks for no acknowledgement, of which there is no other copy.
        for (int i = 0; i < 10; i++)
            await SendAndGoAsync(server, chunk);
        await SendAndGoAsync(server, unnamed);
        using var patient = await ConnectAsync(server);
        await patient.SendAsync(chunk);
        await Until.TrueAsync(() => server.Counts["auralogs_forward_abandoned_chunks_total"] == 10);
        await Until.TrueAsync(() => server.Counts["auralogs_forward_connections"] == 2);
        Assert.True(server.Queue.IsFull);

        foreach (var entry in await ReadAsync(server.Queue, filling))
            server.Queue.Complete(entry, new EntryOutcome(1, 0, 0));
        await using var client = new ForwardClient(new NetworkStream(patient));
        await client.ReceiveAckAsync();
        await Until.TrueAsync(() => server.Queue.Ledger.Received == filling + 2);
        Assert.Equal(0, server.Counts["auralogs_forward_resent_chunks_total"]);
    }

    private static QueueLayout SmallQueue => new()
    {
        SegmentSize = 4 << 20,
        SegmentBudget = 16 << 20,
        ResumeBytes = 8 << 20,
        QuarantineBudget = 1 << 20,
    };

    private static byte[] Forward(byte[] events) => Pack.Array(Pack.Str("t"), Pack.Array(events), ContentHash.Options(events));

    private static byte[] Compressed(byte[] events) => Pack.Array(Pack.Str("t"), Pack.Bin(Pack.Gzip(events)), ContentHash.Options(events));

    private static byte[] Message(byte[] time) =>
        Pack.Array(Pack.Str("t"), time, Pack.Record(), ContentHash.Options(Pack.Array(Pack.Array(time, Pack.Map()), Pack.Record())));

    private static async Task<Socket> ConnectAsync(ForwardServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.EndPoint);
        return socket;
    }

    /// <summary>Sends, takes nothing of the answer, and closes.</summary>
    internal static async Task SendAndGoAsync(ForwardServer server, byte[] chunk)
    {
        using var socket = await ConnectAsync(server);
        socket.StopHearing();
        await socket.SendAsync(chunk);
    }

    private static async Task SendAndReceiveAsync(ForwardServer server, byte[] chunk)
    {
        await using (var client = await server.ConnectAsync())
        {
            await client.SendAsync(chunk);
            await client.ReceiveAckAsync();
        }

        await Until.TrueAsync(() => server.Counts["auralogs_forward_connections"] == 0);
    }

    /// <returns>How many entries fill it.</returns>
    private static async Task<int> FillAsync(LogQueue queue)
    {
        var entry = new NewEntry { Tag = "f"u8.ToArray(), Events = new byte[queue.PartBytes], EventCount = 1 };
        int count = 0;
        while (!queue.IsFull)
        {
            if (queue.TryAppend(entry, out long address))
            {
                count++;
                await queue.WaitForCommitAsync(address, default);
            }
        }

        return count;
    }

    private static async Task<IReadOnlyList<EntryPosition>> ReadAsync(LogQueue queue, int count)
    {
        var positions = new List<EntryPosition>();
        while (positions.Count < count)
        {
            using var entry = await queue.ReadAsync(default);
            positions.Add(entry.Position);
        }

        return positions;
    }
}
