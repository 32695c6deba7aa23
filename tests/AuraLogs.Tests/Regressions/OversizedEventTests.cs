using System.Text.Json;
using AuraLogs.Forward.Salvage;
using AuraLogs.MessagePack;
using AuraLogs.MessagePack.Json;
using AuraLogs.Tests.Forward;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// One event over 3.8 MiB made its whole chunk undeliverable: the chunk was refused, and the sender repeated it for ever. It is kept with its
/// strings cut, the whole of it in the quarantine, and the rest of its chunk is stored as it came.
/// </summary>
public sealed class OversizedEventTests
{
    private const int Good = 300;

    public static TheoryData<string> Modes => ["forward", "packed", "gzip", "zstd"];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_chunk_with_an_event_that_is_too_large_is_stored_and_acknowledged(string mode)
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        byte[][] events = [.. Enumerable.Range(0, Good).Select(i => Pack.Event((uint)(1000 + i), $"line {i}"))];
        byte[] large = Pack.Array(Pack.Time(2000), Pack.Map(Pack.Str("log"), Pack.Str(Text(5_000_000)), Pack.Str("stream"), Pack.Str("stdout")));
        byte[] chunk = Chunk(mode, [.. events[..100], large, .. events[100..]]);

        await client.SendAsync(chunk);
        Assert.Equal("a-chunk", await client.ReceiveAckAsync());

        var entries = await server.ReadAsync(Good + 1);
        AssertEvents(events, large, entries);
        Assert.Equal([0, 100, 101], entries.Select(entry => entry.FirstOrdinal));
        Assert.All(entries, entry => Assert.Equal(("app", "a-chunk", 1000u), (entry.Tag, entry.ChunkId, entry.ChunkSecond)));
        Assert.Equal(large, Assert.Single(server.QuarantinedLarge()));
        Assert.Equal(1, server.Counts["auralogs_forward_damaged_total cut"]);
        Assert.Contains(server.LogLines(), line => line.Contains("tag app", StringComparison.Ordinal));

        // A resend is the same, and is kept once.
        await client.SendAsync(chunk);
        Assert.Equal("a-chunk", await client.ReceiveAckAsync());
        Assert.Equal(entries, await server.ReadAsync(Good + 1));
        Assert.Single(server.QuarantinedLarge());
        Assert.Equal(0, server.Counts["auralogs_forward_refused_total event_too_large"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_Message_that_is_too_large_is_stored_and_acknowledged(bool withMetadata)
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        byte[] record = Pack.Map(Pack.Str("log"), Pack.Str(Text(4_500_000)));
        byte[] options = withMetadata
            ? Pack.Map(Pack.Str("chunk"), Pack.Str("1"), Pack.Str("metadata"), Pack.Map(Pack.Str("m"), Pack.Int(7)))
            : Pack.Map(Pack.Str("chunk"), Pack.Str("1"));
        await client.SendAsync(Pack.Array(Pack.Str("app"), Pack.Time(5, 6), record, options));
        Assert.Equal("1", await client.ReceiveAckAsync());

        var entry = Assert.Single(await server.ReadAsync(1));
        Assert.Equal("app", entry.Tag);
        var document = Document(Convert.FromHexString(entry.Events));
        Assert.True(document.GetProperty("truncated").GetBoolean());
        Assert.Equal(withMetadata, document.TryGetProperty("metadata", out _));
        byte[] whole = withMetadata
            ? Pack.Array(Pack.Array(Pack.Time(5, 6), Pack.Map(Pack.Str("m"), Pack.Int(7))), record)
            : Pack.Array(Pack.Time(5, 6), record);
        Assert.Equal(whole, Assert.Single(server.QuarantinedLarge()));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(50_000)]
    public void The_longest_strings_are_cut_to_what_fits_and_others_stay(int maxBytes)
    {
        byte[] binary = [.. Enumerable.Range(0, 20_000).Select(i => (byte)(i * 7 | 0x80))];
        byte[] source = Pack.Array(
            Pack.Array(Pack.Time(1), Pack.Map(Pack.Str("m"), Pack.Int(1))),
            Pack.Map(
                Pack.Str("short"), Pack.Str(new string('s', 900)),
                Pack.Str("deep"), Pack.Array(Pack.Map(Pack.Str("text"), Pack.Str(string.Concat(Enumerable.Repeat("ä€😀", 10_000))))),
                Pack.Str("binary"), Pack.Bin(binary),
                Pack.Str("after"), Pack.Int(5)));

        byte[] cut = Cut(source, maxBytes);

        Assert.InRange(cut.Length, maxBytes * 9 / 10, maxBytes);
        var document = Document(cut);
        Assert.Equal(new string('s', 900), document.GetProperty("short").GetString());
        Assert.Equal(5, document.GetProperty("after").GetInt32());
        Assert.Equal(1, document.GetProperty("metadata").GetProperty("m").GetInt32());
        string text = document.GetProperty("deep")[0].GetProperty("text").GetString()!;
        Assert.StartsWith("ä€😀ä€😀", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', text);
        Assert.Equal(source.Length, document.GetProperty("original_bytes").GetInt32());
        Assert.Equal(EventCutter.HashOf(source), document.GetProperty("original_sha256").GetString());
    }

    /// <summary>What is large is then not any string.</summary>
    [Fact]
    public void Fields_are_left_out_when_it_is_their_number_that_is_too_large()
    {
        byte[][] pairs = [.. Enumerable.Range(0, 20_000).SelectMany(i => (byte[][])[Pack.Str($"field{i}"), Pack.Str($"value {i}")])];
        byte[] source = Pack.Array(Pack.Time(1), Pack.Map(pairs));

        byte[] cut = Cut(source, 50_000);

        Assert.InRange(cut.Length, 45_000, 50_000);
        var document = Document(cut);
        Assert.Equal("value 0", document.GetProperty("field0").GetString());
        Assert.True(document.GetProperty("truncated").GetBoolean());
    }

    private static byte[] Cut(byte[] source, int maxBytes)
    {
        byte[] target = new byte[maxBytes];
        return target[..EventCutter.Cut(source, target)];
    }

    private static void AssertEvents(byte[][] events, byte[] large, IReadOnlyList<StoredEntry> entries)
    {
        Assert.Equal([100, 1, Good - 100], entries.Select(entry => entry.EventCount));
        Assert.Equal(Convert.ToHexString(Pack.Concat(events[..100])), entries[0].Events);
        Assert.Equal(Convert.ToHexString(Pack.Concat(events[100..])), entries[2].Events);
        var document = Document(Convert.FromHexString(entries[1].Events));
        Assert.Equal("1970-01-01T00:33:20.000000000Z", document.GetProperty("@timestamp").GetString());
        Assert.Equal("stdout", document.GetProperty("stream").GetString());
        Assert.StartsWith("0 1 2 3", document.GetProperty("log").GetString(), StringComparison.Ordinal);
        Assert.True(document.GetProperty("log").GetString()!.Length > 3_500_000);
        Assert.True(document.GetProperty("truncated").GetBoolean());
        Assert.Equal(large.Length, document.GetProperty("original_bytes").GetInt32());
        Assert.Equal(EventCutter.HashOf(large), document.GetProperty("original_sha256").GetString());
    }

    internal static byte[] Chunk(string mode, byte[][] events) => mode switch
    {
        "forward" => Pack.Array(Pack.Str("app"), Pack.Array(events), Options()),
        "packed" => Pack.Array(Pack.Str("app"), Pack.Bin(Pack.Concat(events)), Options()),
        "gzip" => Pack.Array(Pack.Str("app"), Pack.Bin(Pack.Gzip(Pack.Concat(events))), Options()),
        _ => Pack.Array(Pack.Str("app"), Pack.Bin(Pack.Zstd(Pack.Concat(events))), Options()),
    };

    private static byte[] Options() => Pack.Map(Pack.Str("chunk"), Pack.Str("a-chunk"));

    private static string Text(int length) => string.Join(' ', Enumerable.Range(0, length / 6))[..(length / 2)] + new string('x', length / 2);

    private static JsonElement Document(byte[] @event)
    {
        var reader = new MessagePackReader(@event);
        var document = new JsonBuffer(1024);
        new JsonTranscoder().WriteDocument(@event, ref reader, EventHead.Read(ref reader), document);
        Assert.True(reader.IsAtEnd);
        return JsonElement.Parse(document.Written);
    }
}
