using AuraLogs.Forward.Refusing;
using AuraLogs.Tests.Forward;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// Fluent Bit sends, seldom and by mistake, batches within batches (its issues 12200 and 8418). They were refused, and repeated for ever.
/// What can be read of a damaged chunk is taken, the rest becomes a dead letter, and the chunk is acknowledged.
/// </summary>
public sealed class DamagedChunkTests
{
    private static readonly byte[] Options = Pack.Map(Pack.Str("chunk"), Pack.Str("c"));

    [Fact]
    public async Task A_batch_in_place_of_an_event_gives_its_events()
    {
        byte[] inner = Pack.Array(Pack.Str("winlog"), Pack.Array(Pack.Event(2), Pack.Event(3)));
        byte[] other = Pack.Array(Pack.Str("other"), Pack.Array(Pack.Event(4)), Pack.Map(Pack.Str("size"), Pack.Int(1)));
        byte[] plain = Pack.Array(Pack.Event(5), Pack.Array(Pack.Event(6), Pack.Event(7)));
        var entries = await StoreAsync(Pack.Array(Pack.Str("winlog"), Pack.Array(Pack.Event(1), inner, other, plain), Options), events: 7);

        Assert.Equal([("winlog", 0, 1), ("winlog", 1, 2), ("other", 3, 1), ("winlog", 4, 1), ("winlog", 5, 2)], entries.Select(e => (e.Tag, e.FirstOrdinal, e.EventCount)));
        Assert.Equal(Convert.ToHexString(Pack.Concat([.. Enumerable.Range(1, 7).Select(i => Pack.Event((uint)i))])), string.Concat(entries.Select(e => e.Events)));
        Assert.All(entries, entry => Assert.Equal(("c", 1u), (entry.ChunkId, entry.ChunkSecond)));
    }

    [Fact]
    public async Task A_message_in_place_of_the_options_gives_its_events_and_its_chunk_id()
    {
        byte[] innermost = Pack.Array(Pack.Str("tag"), Pack.Array(Pack.Event(3)), Options);
        byte[] nested = Pack.Array(Pack.Str("tag"), Pack.Array(Pack.Event(2)), innermost);
        var entries = await StoreAsync(Pack.Array(Pack.Str("tag"), Pack.Array(Pack.Event(1)), nested), events: 3);

        Assert.Equal([0, 1, 2], entries.Select(entry => entry.FirstOrdinal));
        Assert.All(entries, entry => Assert.Equal("c", entry.ChunkId));
    }

    [Theory]
    [InlineData("forward")]
    [InlineData("packed")]
    [InlineData("gzip")]
    public async Task Values_that_are_not_events_are_set_aside_behind_the_events(string mode)
    {
        byte[][] values = [Pack.Event(1), Pack.Int(5), Pack.Str("text"), Pack.Event(2), Pack.Array(Pack.Int(1), Pack.Int(2)), Pack.Event(3)];
        byte[] chunk = OversizedEventTests.Chunk(mode, values);
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync(chunk);
        Assert.Equal("a-chunk", await client.ReceiveAckAsync());
        var entries = await server.ReadAsync(5);

        Assert.Equal([(0, 1), (1, 1), (2, 1), (3, 2)], entries.Select(e => (e.FirstOrdinal, e.EventCount)));
        Assert.Equal(Convert.ToHexString([0xc1, .. values[1], .. values[2], .. values[4]]), entries[3].Events);
        Assert.Equal(2, server.Counts["auralogs_forward_damaged_total unreadable"]);
        Assert.Equal(5, server.Queue.Ledger.Received);
    }

    [Fact]
    public async Task A_packed_chunk_that_ends_in_the_middle_of_an_event_gives_those_before()
    {
        byte[] half = Pack.Event(3)[..^2];
        var entries = await StoreAsync(Pack.Array(Pack.Str("t"), Pack.Bin([.. Pack.Event(1), .. Pack.Event(2), .. half]), Options), events: 3);

        Assert.Equal([2, 1], entries.Select(entry => entry.EventCount));
        Assert.Equal(Convert.ToHexString([0xc1, .. half]), entries[1].Events);
    }

    [Fact]
    public async Task An_event_that_is_nested_too_deep_does_not_keep_the_others()
    {
        byte[] deep = Pack.Array(Pack.Time(2), Pack.Map(Pack.Str("a"), [.. Enumerable.Repeat((byte)0x91, 300), 0xc0]));
        var entries = await StoreAsync(Pack.Array(Pack.Str("t"), Pack.Array(Pack.Event(1), deep, Pack.Event(3)), Options), events: 3);

        Assert.Equal([1, 1, 1], entries.Select(entry => entry.EventCount));
        Assert.Equal(Convert.ToHexString([0xc1, .. deep]), entries[2].Events);
    }

    /// <summary>Then it is no chunk of logs, and a sender has to be told.</summary>
    [Fact]
    public void What_holds_no_event_at_all_is_refused_still()
    {
        Assert.Equal(Refusal.NotAnEvent, Decoded.All(Pack.Array(Pack.Str("t"), Pack.Array(Pack.Int(1), Pack.Array(Pack.Str("x"))))).Refusal);
        Assert.Equal(Refusal.NotAnEvent, Decoded.All(Pack.Array(Pack.Str("t"), Pack.Str("some text"))).Refusal);
    }

    [Fact]
    public void Garbage_costs_no_more_than_itself()
    {
        byte[] garbage = new byte[8 << 20];
        garbage[0] = 0x05;
        var limits = Decoded.Limits with { MaxMessageBytes = 16 << 20 };
        long before = GC.GetAllocatedBytesForCurrentThread();
        var (messages, refusal) = Decoded.All(Pack.Array(Pack.Str("t"), Pack.Bin([.. Pack.Event(1), .. garbage]), Options), limits: limits);
        Assert.Equal(Refusal.None, refusal);
        Assert.Equal(1, Assert.Single(messages).EventCount);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100L << 20);
    }

    private static async Task<IReadOnlyList<StoredEntry>> StoreAsync(byte[] chunk, int events)
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync(chunk);
        Assert.Equal("c", await client.ReceiveAckAsync());
        return await server.ReadAsync(events);
    }
}
