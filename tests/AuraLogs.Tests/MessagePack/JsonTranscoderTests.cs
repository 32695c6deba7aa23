using System.Text;
using System.Text.Json;
using AuraLogs.MessagePack;
using AuraLogs.MessagePack.Json;

namespace AuraLogs.Tests.MessagePack;

public sealed class JsonTranscoderTests
{
    private const string Time = "\"@timestamp\":\"2026-11-22T09:00:28.097479000Z\"";

    [Theory]
    [InlineData(0, "0")]
    [InlineData(127, "127")]
    [InlineData(128, "128")]
    [InlineData(-1, "-1")]
    [InlineData(-32, "-32")]
    [InlineData(-33, "-33")]
    [InlineData(-129, "-129")]
    [InlineData(65535, "65535")]
    [InlineData(65536, "65536")]
    [InlineData(-32769, "-32769")]
    [InlineData(4294967296, "4294967296")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    [InlineData(ulong.MaxValue, "18446744073709551615")]
    [InlineData(0.5, "0.5")]
    [InlineData(1.0, "1.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1e300, "1E+300")]
    [InlineData(0.1f, "0.1")]
    [InlineData(double.NaN, "null")]
    [InlineData(double.PositiveInfinity, "null")]
    [InlineData(float.NegativeInfinity, "null")]
    [InlineData(true, "true")]
    [InlineData(false, "false")]
    [InlineData(null, "null")]
    [InlineData("", "\"\"")]
    [InlineData("plain", "\"plain\"")]
    [InlineData("\"\\\n\r\t\b\f\0\u001f/", "\"\\\"\\\\\\n\\r\\t\\b\\f\\u0000\\u001f/\"")]
    [InlineData("Grüße, 世界 😀 \u2028", "\"Grüße, 世界 😀 \u2028\"")]
    public void A_value_has_its_text(object? value, string json) => AssertField(json, value);

    [Fact]
    public void Binary_is_its_text_if_it_is_text_and_Base64_otherwise()
    {
        AssertField("\"abc ü\"", Encoding.UTF8.GetBytes("abc ü"));
        AssertField("\"//79\"", new byte[] { 0xff, 0xfe, 0xfd });
        AssertField("\"AQI=\"", new ExtensionData(5, [1, 2]));
        AssertField("\"\"", new ExtensionData(5, []));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0xff, (byte)'b' }, "a\uFFFDb")]
    [InlineData(new byte[] { 0xe4, 0xb8 }, "\uFFFD")]
    [InlineData(new byte[] { 0xed, 0xa0, 0xbd }, "\uFFFD\uFFFD\uFFFD")]
    [InlineData(new byte[] { 0xc0, 0x80, (byte)'"', 0xf5 }, "\uFFFD\uFFFD\\\"\uFFFD")]
    public void Invalid_UTF8_is_replaced_part_by_part(byte[] utf8, string text) => AssertField($"\"{text}\"", new Utf8Text(utf8));

    [Fact]
    public void A_key_that_comes_twice_keeps_its_last_value_in_small_and_large_maps()
    {
        AssertRecord("\"b\":2,\"a\":3", Pairs(("a", 1), ("b", 2), ("a", 3)));
        AssertRecord("\"a\":3", Pairs(("a", 1), ("a", 2), ("a", 3)));
        AssertRecord("\"o\":{\"x\":2},\"a\":1", Pairs(("o", Pairs(("x", 1), ("x", 2))), ("a", 1)));

        var many = Enumerable.Range(0, 300).Select(i => ((object?)$"key{i % 100}", (object?)i)).ToArray();
        var document = Document(Pairs(many));
        Assert.Equal(101, document.EnumerateObject().Count());
        Assert.Equal(205, document.GetProperty("key5").GetInt32());
    }

    [Fact]
    public void Keys_that_differ_are_told_apart_however_alike()
    {
        var keys = Enumerable.Range(0, 60).Select(i => new string('a', 20) + (char)('0' + i) + new string('b', 20)).ToArray();
        Assert.Equal(61, Document(Pairs([.. keys.Select(key => ((object?)key, (object?)1))])).EnumerateObject().Count());
        AssertRecord("\"\":1,\"a\":2,\"aa\":3,\"ab\":4,\"abc\":5,\"acb\":6", Pairs(("", 1), ("a", 2), ("aa", 3), ("ab", 4), ("abc", 5), ("acb", 6)));
    }

    [Fact]
    public void Keys_that_are_written_alike_are_the_same_key()
    {
        AssertRecord("\"1\":2", Pairs((1, 1), ("1", 2)));
        AssertRecord("\"\uFFFD\":2", Pairs((new Utf8Text([0xff]), 1), (new Utf8Text([0xfe]), 2)));
    }

    [Fact]
    public void Keys_of_any_kind_have_a_text()
    {
        AssertRecord(
            "\"null\":1,\"true\":2,\"-5\":3,\"0.5\":4,\"text\":5,\"/w==\":6,\"kQE=\":7",
            Pairs((null, 1), (true, 2), (-5, 3), (0.5, 4), (Encoding.UTF8.GetBytes("text"), 5), (new byte[] { 0xff }, 6), (new object?[] { 1 }, 7)));
    }

    [Fact]
    public void The_records_own_timestamp_moves_out_of_the_way()
    {
        AssertRecord("\"event.original_timestamp\":\"yesterday\",\"a\":1", Pairs(("@timestamp", "yesterday"), ("a", 1)));
        AssertRecord("\"o\":{\"@timestamp\":1}", Pairs(("o", Pairs(("@timestamp", 1)))));
    }

    [Fact]
    public void Metadata_has_its_place_beside_the_record()
    {
        Assert.Equal($"{{{Time},\"a\":1,\"metadata\":{{\"m\":2}}}}", Transcode(Pairs(("a", 1)), Pairs(("m", 2))));
        Assert.Equal($"{{{Time},\"a\":1}}", Transcode(Pairs(("a", 1)), Pairs()));
        Assert.Equal($"{{{Time},\"metadata\":1,\"event.metadata\":{{\"m\":2}}}}", Transcode(Pairs(("metadata", 1)), Pairs(("m", 2))));
    }

    [Fact]
    public void A_record_that_is_no_map_or_is_empty_is_a_document_too()
    {
        Assert.Equal($"{{{Time},\"message\":\"text\"}}", Transcode("text", metadata: null));
        Assert.Equal($"{{{Time}}}", Transcode(Pairs(), metadata: null));
        AssertField("{}", Pairs());
        AssertField("[]", Array.Empty<object?>());
        AssertField("[1,[2,{}],null]", new object?[] { 1, new object?[] { 2, Pairs() }, null });
    }

    [Fact]
    public void What_nests_deeper_than_the_limit_is_Base64()
    {
        object? value = "x";
        for (var i = 0; i < JsonTranscoder.MaxDepth + 100; i++)
            value = new[] { value };
        var inner = Document(Pairs(("deep", value))).GetProperty("deep");
        var depth = 1;
        for (; inner.ValueKind == JsonValueKind.Array; depth++)
            inner = inner[0];
        Assert.Equal(JsonTranscoder.MaxDepth, depth);
        Assert.Equal(JsonValueKind.String, inner.ValueKind);
    }

    [Fact]
    public void Strings_of_every_length_and_place_come_out_whole_beside_each_other()
    {
        for (var length = 0; length < 100; length++)
        {
            for (var at = 0; at < length; at++)
            {
                var text = new string('a', at) + "\"" + new string('b', length - at - 1);
                Assert.Equal(text, Document(Pairs(("k", text))).GetProperty("k").GetString());
            }
        }

        var long_ = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n\"ü"));
        Assert.Equal(long_, Document(Pairs(("k", long_))).GetProperty("k").GetString());
    }

    [Theory]
    [InlineData(0L, 0u, "1970-01-01T00:00:00.000000000Z")]
    [InlineData(1795338028L, 97479844u, "2026-11-22T09:00:28.097479844Z")]
    [InlineData(4294967295L, 999999999u, "2106-02-07T06:28:15.999999999Z")]
    public void An_EventTime_keeps_its_nanoseconds(long seconds, uint nanoseconds, string text) =>
        AssertTime(text, writer => writer.EventTime(seconds, nanoseconds));

    [Fact]
    public void Times_of_every_kind_are_read()
    {
        AssertTime("2026-11-22T09:00:28.000000000Z", writer => writer.Integer(1795338028));
        AssertTime("1969-12-31T23:59:59.000000000Z", writer => writer.Integer(-1));
        AssertTime("2026-11-22T09:00:28.383000000Z", writer => writer.Double(1795338028.383));
        AssertTime("2026-11-22T09:00:29.000000000Z", writer => writer.Double(1795338028.9999999));
        AssertTime("9999-12-31T23:59:59.000000000Z", writer => writer.Unsigned(ulong.MaxValue));
        AssertTime("0001-01-01T00:00:00.000000000Z", writer => writer.Integer(long.MinValue));
        AssertTime("1970-01-01T00:00:00.000000000Z", writer => writer.Double(double.NaN));
        AssertTime("9999-12-31T23:59:59.000000000Z", writer => writer.Double(1e300));
        AssertTime("1970-01-01T00:00:01.000000005Z", writer => writer.Raw(0xc7, 8).Raw(0, 0, 0, 0, 1, 0, 0, 0, 5));
    }

    [Fact]
    public void Every_cut_of_an_event_is_noticed()
    {
        var whole = Event(Pairs(("text", "abc"), ("number", 70000), ("list", new object?[] { 1.5, null }), ("ext", new ExtensionData(1, [1, 2, 3]))), null);
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<MessagePackException>(() => Transcode(whole.AsSpan(0, length)));
        Assert.Throws<MessagePackException>(() => Transcode(new MessagePackWriter().Array(2).EventTime(1, 1).Raw(0xc1).ToArray()));
        Assert.Throws<MessagePackException>(() => Transcode(new MessagePackWriter().Array(2).EventTime(1, 1).Raw(0xdf, 0xff, 0xff, 0xff, 0xff).ToArray()));
    }

    internal static string Transcode(object? record, object? metadata) => Transcode(Event(record, metadata));

    internal static string Transcode(ReadOnlySpan<byte> events, JsonTranscoder? transcoder = null)
    {
        var reader = new MessagePackReader(events);
        var head = EventHead.Read(ref reader);
        using var buffer = new JsonBuffer(16);
        (transcoder ?? new JsonTranscoder()).WriteDocument(events, ref reader, head, buffer);
        Assert.True(reader.IsAtEnd);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    internal static List<KeyValuePair<object?, object?>> Pairs(params (object? Key, object? Value)[] pairs) =>
        [.. pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))];

    internal static byte[] Event(object? record, object? metadata)
    {
        var writer = new MessagePackWriter().Array(2);
        if (metadata is null)
            writer.EventTime(1795338028, 97479000);
        else
            writer.Array(2).EventTime(1795338028, 97479000).Value(metadata);
        return writer.Value(record).ToArray();
    }

    private static JsonElement Document(object? record) => JsonElement.Parse(Transcode(record, metadata: null), new JsonDocumentOptions { MaxDepth = 1000 });

    private static void AssertField(string json, object? value) => AssertRecord($"\"f\":{json}", Pairs(("f", value)));

    private static void AssertRecord(string fields, object? record) => Assert.Equal($"{{{Time},{fields}}}", Transcode(record, metadata: null));

    private static void AssertTime(string text, Func<MessagePackWriter, MessagePackWriter> time) =>
        Assert.Equal($$"""{"@timestamp":"{{text}}"}""", Transcode(time(new MessagePackWriter().Array(2)).Map(0).ToArray()));
}
