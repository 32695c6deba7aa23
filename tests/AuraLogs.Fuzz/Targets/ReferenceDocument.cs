using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace AuraLogs.Fuzz.Targets;

/// <summary>What an event must become, worked out from objects by the runtime's own UTF-8, Base64 and number texts.</summary>
internal static class ReferenceDocument
{
    private const int MaxDepth = 500;

    /// <returns>Null where only the form of the document is known: its time is a float.</returns>
    public static string? TimeOf(ReferenceValue time) => time.Value switch
    {
        ReferenceExtension extension => TimeOf(
            BinaryPrimitives.ReadUInt32BigEndian(extension.Data), Math.Min(BinaryPrimitives.ReadUInt32BigEndian(extension.Data.AsSpan(4)), 999_999_999)),
        long seconds => TimeOf(seconds, 0),
        ulong seconds => TimeOf((long)Math.Min(seconds, long.MaxValue), 0),
        _ => null,
    };

    /// <param name="record">The record.</param>
    /// <param name="metadata">The event's; null without.</param>
    /// <returns>The document but for its time.</returns>
    public static JsonObject Of(ReferenceValue record, ReferenceValue? metadata)
    {
        var document = new JsonObject();
        if (record.Value is List<KeyValuePair<ReferenceValue, ReferenceValue>> pairs)
        {
            foreach (var (key, value) in pairs)
            {
                var name = KeyOf(key);
                document[name == "@timestamp" ? "event.original_timestamp" : name] = Value(value, 1);
            }
        }
        else
        {
            document["message"] = Value(record, 1);
        }

        if (metadata?.Value is List<KeyValuePair<ReferenceValue, ReferenceValue>> { Count: > 0 })
            document[document.ContainsKey("metadata") ? "event.metadata" : "metadata"] = Value(metadata, 1);
        return document;
    }

    private static string TimeOf(long seconds, uint nanoseconds)
    {
        seconds = Math.Clamp(seconds, -62135596800, 253402300799);
        return DateTime.UnixEpoch.AddSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + $".{nanoseconds:d9}Z";
    }

    private static JsonNode? Value(ReferenceValue value, int depth) => value.Value switch
    {
        null => null,
        bool flag => flag,
        long number => number,
        ulong number => number,
        float number => float.IsFinite(number) ? JsonNode.Parse(number.ToString("R", CultureInfo.InvariantCulture)) : null,
        double number => double.IsFinite(number) ? JsonNode.Parse(number.ToString("R", CultureInfo.InvariantCulture)) : null,
        string text => text,
        byte[] bytes => TextOrBase64(bytes),
        ReferenceExtension extension => Convert.ToBase64String(extension.Data),
        _ when depth >= MaxDepth => Convert.ToBase64String(value.Bytes),
        List<ReferenceValue> list => new JsonArray([.. list.Select(item => Value(item, depth + 1))]),
        List<KeyValuePair<ReferenceValue, ReferenceValue>> pairs => Map(pairs, depth + 1),
        var other => throw new ArgumentException(other.GetType().Name, nameof(value)),
    };

    private static JsonObject Map(List<KeyValuePair<ReferenceValue, ReferenceValue>> pairs, int depth)
    {
        var map = new JsonObject();
        foreach (var (key, value) in pairs)
            map[KeyOf(key)] = Value(value, depth);
        return map;
    }

    private static string KeyOf(ReferenceValue key) => key.Value switch
    {
        null or float.NaN or double.NaN => "null",
        bool flag => flag ? "true" : "false",
        string text => text,
        byte[] bytes => TextOrBase64(bytes),
        ReferenceExtension extension => Convert.ToBase64String(extension.Data),
        float number => float.IsFinite(number) ? FloatText(number.ToString("R", CultureInfo.InvariantCulture)) : "null",
        double number => double.IsFinite(number) ? FloatText(number.ToString("R", CultureInfo.InvariantCulture)) : "null",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Convert.ToBase64String(key.Bytes),
    };

    private static string FloatText(string text) => text.Contains('.', StringComparison.Ordinal) || text.Contains('E', StringComparison.Ordinal) ? text : text + ".0";

    private static string TextOrBase64(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Convert.ToBase64String(bytes);
        }
    }
}
