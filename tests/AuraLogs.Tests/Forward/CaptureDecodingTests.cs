using System.Text.Json;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Storing;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Forward;

/// <summary>What Fluent Bit really sent, against what an independent library read in it.</summary>
public sealed class CaptureDecodingTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Captures");

    private static readonly ForwardLimits Limits = Decoded.Limits with { PartBytes = 1 << 20 };

    public static TheoryData<string> Scenarios =>
        [.. Directory.GetDirectories(Root).Select(path => Path.GetFileName(path)).Where(name => name != "secure-users-ack").Order()];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Chunks_and_events_are_found_as_expected(string scenario)
    {
        var expected = File.ReadLines(Path.Combine(Root, scenario, "expected.ndjson"))
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Select(line => (
                Connection: line.GetProperty("conn").GetInt32(),
                Tag: line.GetProperty("tag").GetString()!,
                Chunk: line.GetProperty("chunk").GetString() ?? "",
                Ordinal: line.GetProperty("ordinal").GetInt32(),
                Second: (uint)(line.GetProperty("time_unix_ns").GetInt64() / 1_000_000_000)))
            .ToList();
        var found = new List<(int Connection, string Tag, string Chunk, int Ordinal, uint Second)>();
        var firstSeconds = new List<uint>();
        foreach (string file in Directory.GetFiles(Path.Combine(Root, scenario), "*.client.bin").Order())
        {
            int connection = int.Parse(Path.GetFileName(file)["conn".Length..^".client.bin".Length]);
            byte[] bytes = File.ReadAllBytes(file);
            var (messages, refusal) = Decoded.All(bytes);
            Assert.Equal(Refusal.None, refusal);
            foreach (int pieceSize in (int[])[1, 7, 1000])
                Assert.Equal(messages, Decoded.All(bytes, pieceSize).Messages);
            foreach (var message in messages.Where(message => message.Signal == 0))
            {
                var (count, second) = await CountEventsAsync(message);
                found.AddRange(Enumerable.Range(0, count).Select(ordinal => (connection, message.Tag, message.ChunkId, ordinal, second)));
            }
        }

        Assert.Equal(
            expected.Select(line => (line.Connection, line.Tag, line.Chunk, line.Ordinal)),
            found.Select(line => (line.Connection, line.Tag, line.Chunk, line.Ordinal)));
        Assert.Equal(
            expected.Where(line => line.Ordinal == 0).Select(line => line.Second),
            found.Where(line => line.Ordinal == 0).Select(line => line.Second));
    }

    private static async Task<(int Count, uint Second)> CountEventsAsync(Decoded message)
    {
        if (message.Mode != ForwardMode.CompressedPackedForward)
            return (message.EventCount, message.FirstSecond);
        using var memory = TestMemory.Budgets();
        var events = new CompressedEvents(Limits, memory.Storing);
        Assert.Equal(Refusal.None, await events.CheckAsync(Convert.FromHexString(message.Events), message.Compression, default));
        return (events.Count, events.FirstSecond);
    }
}
