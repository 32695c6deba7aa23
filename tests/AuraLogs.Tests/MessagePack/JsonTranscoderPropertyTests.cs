using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.MessagePack.Json;
using FsCheck;
using FsCheck.Fluent;

namespace AuraLogs.Tests.MessagePack;

/// <summary>
/// Random records, with what they have to become worked out separately (by the runtime's own UTF-8, Base64 and number texts),
/// against what System.Text.Json reads from what was written, refusing duplicates.
/// </summary>
public sealed class JsonTranscoderPropertyTests
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    [Fact]
    public void Every_record_reads_back_as_what_it_was()
    {
        var property = Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                var record = Map(random, depth: 0, most: random.Next(8) == 0 ? 200 : 10);
                var json = JsonTranscoderTests.Transcode(record, metadata: null);
                using var document = JsonDocument.Parse(json, Strict);
                var actual = JsonObject.Create(document.RootElement)!;
                Assert.True(actual.Remove("@timestamp"));
                return JsonNode.DeepEquals(Expected(record), actual);
            });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1500), property);
    }

    /// <summary>A transcoder remembers what it wrote for the record before; nothing of it may show in another record.</summary>
    [Fact]
    public void What_came_before_changes_nothing()
    {
        var property = Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                var values = Enumerable.Range(0, 4).Select(_ => AnyValue(random)).ToArray();
                var transcoder = new JsonTranscoder();
                for (var record = 0; record < 30; record++)
                {
                    var fields = Enumerable.Range(0, random.Next(20)).Select(field => KeyValuePair.Create((object?)$"f{field}", values[random.Next(values.Length)]));
                    var events = JsonTranscoderTests.Event(fields.ToList(), metadata: null);
                    Assert.Equal(JsonTranscoderTests.Transcode(events), JsonTranscoderTests.Transcode(events, transcoder));
                    values[random.Next(values.Length)] = AnyValue(random);
                }
            });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), property);

        // Half of them begin alike, and differ at their end alone.
        static object? AnyValue(Random random) =>
            random.Next(2) == 0 ? Value(random, depth: 0) : new object?[] { "the same beginning", (long)random.Next(3) };
    }

    private static JsonNode? Expected(object? value) => value switch
    {
        null => null,
        bool flag => flag,
        long number => number,
        ulong number => number,
        float.NaN or float.PositiveInfinity or double.NaN or double.NegativeInfinity => null,
        float number => JsonNode.Parse(number.ToString("R", CultureInfo.InvariantCulture)),
        double number => JsonNode.Parse(number.ToString("R", CultureInfo.InvariantCulture)),
        string text => text,
        Utf8Text text => Encoding.UTF8.GetString(text.Bytes),
        byte[] data => TextOrBase64(data),
        ExtensionData extension => Convert.ToBase64String(extension.Data),
        IReadOnlyList<KeyValuePair<object?, object?>> pairs => ExpectedMap(pairs),
        IReadOnlyList<object?> list => new JsonArray([.. list.Select(Expected)]),
        _ => throw new ArgumentException(value.GetType().Name, nameof(value)),
    };

    private static JsonObject ExpectedMap(IReadOnlyList<KeyValuePair<object?, object?>> pairs)
    {
        var map = new JsonObject();
        foreach (var (key, value) in pairs)
            map[KeyText(key)] = Expected(value);
        return map;
    }

    private static string KeyText(object? key) => key switch
    {
        IReadOnlyList<object?> => Convert.ToBase64String(new MessagePackWriter().Value(key).ToArray()),
        _ => Expected(key) switch
        {
            null => "null",
            JsonValue value when value.TryGetValue(out string? text) => text,
            var other => FloatText(key, other!.ToJsonString()),
        },
    };

    private static string FloatText(object? key, string text) =>
        key is float or double && !text.Contains('.', StringComparison.Ordinal) && !text.Contains('E', StringComparison.Ordinal) ? text + ".0" : text;

    private static string TextOrBase64(byte[] data)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(data);
        }
        catch (DecoderFallbackException)
        {
            return Convert.ToBase64String(data);
        }
    }

    private static List<KeyValuePair<object?, object?>> Map(Random random, int depth, int most) =>
        [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => KeyValuePair.Create(Key(random), Value(random, depth + 1)))];

    private static object? Key(Random random) => random.Next(12) switch
    {
        0 => Scalar(random),
        1 => new object?[] { (long)random.Next(3) },
        < 6 => "k" + random.Next(6),
        < 9 => "k" + random.Next(60),
        _ => Text(random),
    };

    private static object? Value(Random random, int depth) => random.Next(depth > 4 ? 8 : 10) switch
    {
        8 => Map(random, depth, 5),
        9 => Enumerable.Range(0, random.Next(5)).Select(_ => Value(random, depth + 1)).ToArray(),
        < 4 => Text(random),
        _ => Scalar(random),
    };

    private static object? Scalar(Random random) => random.Next(12) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
        3 => (ulong)random.NextInt64() << random.Next(2),
        4 => BitConverter.UInt32BitsToSingle((uint)random.Next()) is var f && float.IsFinite(f) ? f : float.NaN,
        5 => BitConverter.Int64BitsToDouble(random.NextInt64()) is var d && double.IsFinite(d) ? d : double.NegativeInfinity,
        6 => (double)random.Next(100),
        7 => Bytes(random),
        8 => new ExtensionData((sbyte)random.Next(-128, 128), Bytes(random)),
        9 => new Utf8Text(Bytes(random)),
        _ => Text(random),
    };

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        var length = random.Next(4) == 0 ? random.Next(3000) : random.Next(40);
        while (text.Length < length)
        {
            _ = random.Next(20) switch
            {
                0 => text.Append((char)random.Next(32)),
                1 => text.Append('"'),
                2 => text.Append('\\'),
                3 => text.Append((char)random.Next(0x80, 0xd800)),
                4 => text.Append(new Rune(random.Next(0x10000, 0x110000))),
                _ => text.Append((char)random.Next(32, 127)),
            };
        }

        return text.ToString();
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(40)];
        random.NextBytes(bytes);
        if (random.Next(2) == 0)
        {
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] &= 0x7f;
        }

        return bytes;
    }
}
