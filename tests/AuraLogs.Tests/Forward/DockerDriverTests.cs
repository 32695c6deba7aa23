using System.Buffers.Binary;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Forward;

/// <summary>
/// What Docker's fluentd driver sends: a line a message, <c>[tag, time, record, options]</c>. The record is a map of strings
/// (<c>daemon/logger/fluentd/fluentd.go</c> of moby); time, options and chunk id are the Go library's (<c>EncodeData</c> in <c>fluent/fluent.go</c> of
/// fluent-logger-golang): an integer, or an EventTime with <c>fluentd-sub-second-precision</c>; an empty map, or with <c>fluentd-request-ack</c> an id
/// of 16 bytes in Base64, the second and a random number. It is as long as Fluent Bit's and no hash.
/// </summary>
public sealed class DockerDriverTests
{
    private const uint Second = 1_700_000_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Equal_lines_of_a_second_are_all_stored_and_one_that_is_sent_again_is_stored_once(bool subSeconds)
    {
        await using var server = await ForwardServer.StartAsync();
        byte[][] lines = [Line(subSeconds, ChunkId(1)), Line(subSeconds, ChunkId(2))];
        for (int i = 0; i < lines.Length; i++)
        {
            await using var client = await server.ConnectAsync();
            await client.SendAsync(lines[i]);
            Assert.Equal(ChunkId((ulong)i + 1), await client.ReceiveAckAsync());
        }

        var entries = await server.ReadAsync(lines.Length);
        Assert.Equal([ChunkId(1), ChunkId(2)], entries.Select(entry => entry.ChunkId));

        // It closes a connection whose acknowledgement does not come, and sends the same bytes on a new one.
        await ResendTests.SendAndGoAsync(server, Line(subSeconds, ChunkId(3)));
        await Until.TrueAsync(() => server.Queue.Ledger.Received == 3 && server.Queue.Unacknowledged.Count == 1
            && server.Counts["auralogs_forward_connections"] == 0);
        await using var again = await server.ConnectAsync();
        await again.SendAsync(Line(subSeconds, ChunkId(3)));
        Assert.Equal(ChunkId(3), await again.ReceiveAckAsync());
        Assert.Equal((1, 3), (server.Counts["auralogs_forward_resent_chunks_total"], server.Queue.Ledger.Received));
    }

    [Fact]
    public async Task Without_acknowledgements_equal_lines_are_all_stored()
    {
        await using var server = await ForwardServer.StartAsync();
        await using (var client = await server.ConnectAsync())
            await client.SendAsync(Pack.Concat(Line(false, null), Line(false, null)));
        Assert.All(await server.ReadAsync(2), entry => Assert.Equal("", entry.ChunkId));
    }

    private static byte[] Line(bool subSeconds, string? chunkId)
    {
        return Pack.Array(
            Pack.Str("0123456789ab"),
            subSeconds ? Pack.Time(Second, 123_456_789) : Pack.Int((int)Second),
            Pack.Map(
                Pack.Str("container_id"), Pack.Str(new string('a', 64)),
                Pack.Str("container_name"), Pack.Str("/nginx"),
                Pack.Str("source"), Pack.Str("stdout"),
                Pack.Str("log"), Pack.Str("GET /index.html 200")),
            chunkId is null ? Pack.Map() : Pack.Map(Pack.Str("chunk"), Pack.Str(chunkId)));
    }

    private static string ChunkId(ulong random)
    {
        byte[] id = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(id, Second);
        BinaryPrimitives.WriteUInt64LittleEndian(id.AsSpan(8), random * 0x9e37_79b9_7f4a_7c15);
        return Convert.ToBase64String(id);
    }
}
