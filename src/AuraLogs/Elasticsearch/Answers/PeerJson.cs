using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace AuraLogs.Elasticsearch.Answers;

/// <summary>
/// The one way to read JSON that a peer sent: Elasticsearch, Kibana, or whatever stands before them and answers in their place.
/// <para>
/// .NET's parser leaves the text of strings unchecked, and <c>GetString</c>, <c>TryGetProperty</c> and <c>ValueTextEquals</c> throw
/// <see cref="InvalidOperationException"/> later, where nobody expects it: for invalid UTF-8 (a proxy's page in Latin-1) and for half of a
/// surrogate pair (<c>"\ud800"</c>). Here both become U+FFFD before anything is parsed, and a name that is there twice is refused, so that
/// <see cref="JsonException"/> is the only exception that an answer can cause.
/// </para>
/// <para>
/// Values are taken out with <see cref="At"/>, <see cref="Text"/>, <see cref="Number"/> and their like: whatever has another type than expected
/// counts as missing.
/// </para>
/// </summary>
internal static class PeerJson
{
    private const int EscapeLength = 6;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="JsonException">It is no JSON, is nested deeper than 64 levels, or has a name twice.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> json) => JsonElement.Parse(Readable(json), Strict);

    /// <returns>Null for <c>null</c>.</returns>
    /// <inheritdoc cref="Parse"/>
    public static JsonNode? ParseNode(ReadOnlySpan<byte> json) => JsonNode.Parse(Readable(json), documentOptions: Strict);

    /// <summary>Takes an answer apart with code that expects a certain shape.</summary>
    /// <exception cref="JsonException">It has another shape.</exception>
    public static T Read<T>(JsonElement answer, Func<JsonElement, T> read)
    {
        try
        {
            return read(answer);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new JsonException("The answer has another shape than Elasticsearch's.", e);
        }
    }

    /// <summary>The same bytes when all text in them can be read, which takes no allocation; else a copy with U+FFFD for what can't.</summary>
    public static ReadOnlySpan<byte> Readable(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        return json.IndexOf(@"\ud"u8) < 0 && json.IndexOf(@"\uD"u8) < 0 ? json : ReplaceHalfPairs(json);
    }

    /// <summary>A property of an object; null when there is none, or this is no object.</summary>
    public static JsonNode? At(this JsonNode? node, string name) =>
        node is JsonObject json && json.TryGetPropertyValue(name, out var value) ? value : null;

    public static string? Text(this JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static long? Number(this JsonNode? node) => node is JsonValue value && value.TryGetValue(out long number) ? number : null;

    public static bool? Flag(this JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;

    /// <summary>Milliseconds since 1970, as Elasticsearch writes times; null also for a number that is no time.</summary>
    public static DateTimeOffset? Moment(this JsonNode? node) =>
        node.Number() is { } milliseconds && Math.Abs(milliseconds) <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() / 2
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    /// <summary>The objects of a list; none when this is no list.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonNode? node) => (node as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>The texts of a list; none when this is no list.</summary>
    public static IEnumerable<string> Texts(this JsonNode? node) => (node as JsonArray)?.Select(Text).OfType<string>() ?? [];

    private static byte[] ReplaceHalfPairs(ReadOnlySpan<byte> json)
    {
        var copy = json.ToArray();
        for (var rest = copy.AsSpan(); rest.IndexOf((byte)'\\') is var escape and >= 0;)
        {
            rest = rest[escape..];
            var length = Math.Min(rest.Length, Escaped(rest) is null ? 2 : EscapeLength);
            if (IsHigh(rest) && IsLow(rest[EscapeLength..]))
                length = 2 * EscapeLength;
            else if (IsHigh(rest) || IsLow(rest))
                "\\ufffd"u8.CopyTo(rest);
            rest = rest[length..];
        }

        return copy;
    }

    private static bool IsHigh(ReadOnlySpan<byte> text) => Escaped(text) is { } unit && char.IsHighSurrogate(unit);

    private static bool IsLow(ReadOnlySpan<byte> text) => Escaped(text) is { } unit && char.IsLowSurrogate(unit);

    /// <summary>The code unit that the text begins with, when it is written as <c>\uXXXX</c>.</summary>
    private static char? Escaped(ReadOnlySpan<byte> text) =>
        text.Length >= EscapeLength && text.StartsWith(@"\u"u8)
        && ushort.TryParse(text[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
