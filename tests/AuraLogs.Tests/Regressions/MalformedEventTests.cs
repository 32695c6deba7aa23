using System.Text.Json;
using AuraLogs.Forward;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Storing;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Forward;
using AuraLogs.Tests.Indexing;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>What a sender sends that is no event goes its way to a dead letter, and the ledger says so.</summary>
public sealed class MalformedEventTests
{
    [Fact]
    public async Task Values_that_are_not_events_become_one_dead_letter_with_their_bytes()
    {
        using var directory = new QueueDirectory();
        await using var server = await BulkServer.StartAsync();
        await using var run = await new IndexingRun(directory, server.Url.ToString()).StartAsync();
        byte[][] wrong = [Pack.Array(Pack.Int(1), Pack.Str("text")), Pack.Str("more text")];
        byte[] message = Pack.Array(
            Pack.Str("app"), Pack.Array(Pack.Event(1_900_000_000), wrong[0], Pack.Event(1_900_000_001), wrong[1]), Pack.Map(Pack.Str("chunk"), Pack.Str("c")));
        var limits = new ForwardOptions().ToLimits(run.Queue.PartBytes, run.Queue.MaxEventBytes);
        var decoder = new ForwardDecoder(limits);
        decoder.Begin();
        Assert.Equal(DecodeStatus.Message, decoder.Decode(message));

        using var memory = TestMemory.Budgets();
        await new MessageStore(run.Queue, limits, memory.Storing).StoreAsync(decoder, message, default);
        await Until.TrueAsync(() => run.Queue.Ledger.Received == 4);
        await run.DrainedAsync();

        run.AssertLedger(indexed: 2, deadLettered: 2);
        var letter = Assert.Single(server.DeadLetters).Value;
        Assert.Equal("malformed_event", letter.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("app", letter.GetProperty("tag").GetString());
        var document = JsonElement.Parse(letter.GetProperty("document").GetString()!);
        Assert.Equal(Pack.Concat(wrong), document.GetProperty("events").GetBytesFromBase64());
    }
}
