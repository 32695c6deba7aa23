using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>Reading and writing of JSON, with the strictness and the escaping of Elasticsearch.</summary>
internal static class Json
{
    /// <summary>How deep a request body or a document may nest before it is refused.</summary>
    public const int MaxDepth = 500;

    /// <summary>
    /// The longest body that is read into objects, which take about twenty times its length. Documents and bulk requests are not. The
    /// most that Elasticsearch allows, a query of 65,536 terms, fits where a term has up to 29 characters.
    /// </summary>
    public const int MaxObjectBytes = 2 << 20;

    public static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };

    public static readonly JsonWriterOptions Pretty = Compact with { Indented = true };

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 1000,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>A body that has to be an object; null when there is none.</summary>
    public static JsonObject? ParseObject(ReadOnlySpan<byte> body)
    {
        body = body.Trim(" \t\r\n"u8);
        if (body.IsEmpty)
            return null;
        CheckLength(body.Length);
        return Parse(body) as JsonObject ?? throw Errors.Parse("request body must be a JSON object");
    }

    /// <exception cref="ElasticsearchException">413: longer than what is read into objects.</exception>
    public static void CheckLength(int bytes)
    {
        if (bytes > MaxObjectBytes)
        {
            throw new ElasticsearchException(
                413, "content_too_long_exception", $"a body of [{bytes}] bytes is longer than the [{MaxObjectBytes}] that this API takes");
        }
    }

    /// <exception cref="ElasticsearchException">400: it is no JSON, has a name twice, or text that can't be read.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            if (!HasReadableText(json))
                throw Errors.BrokenJson("Invalid UTF-8, or half of a surrogate pair", endOfInput: false);
            return JsonNode.Parse(json, documentOptions: Strict);
        }
        catch (JsonException e)
        {
            throw Errors.BrokenJson(e.Message, IsEndOfInput(json));
        }
    }

    /// <summary>.NET's parser leaves text unread and would throw something else when somebody asks for it.</summary>
    private static bool HasReadableText(ReadOnlySpan<byte> json)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json))
            return false;
        if (json.IndexOf(@"\ud"u8) < 0 && json.IndexOf(@"\uD"u8) < 0)
            return true;
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        Span<char> text = new char[json.Length];
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.CopyString(text);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether broken JSON is merely cut short.</summary>
    public static bool IsEndOfInput(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth }));
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public static string ToText(JsonNode? node) => node?.ToJsonString(Relaxed) ?? "null";

    public static byte[] ToBytes(JsonNode? node, bool pretty = false)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, pretty ? Pretty : Compact))
        {
            if (node is null)
                writer.WriteNullValue();
            else
                node.WriteTo(writer, Relaxed);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>JSON that goes out byte for byte as it came in, for instance <c>_source</c>.</summary>
    public static JsonNode Raw(byte[] json) => JsonValue.Create(new RawJson(json))!;

    /// <summary>The string of the current token; a lone surrogate, which JSON allows and UTF-8 does not, becomes U+FFFD.</summary>
    public static string GetText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return JsonText.Unescape(reader.ValueSpan);
        }
    }

    /// <summary>A scalar as text, the way settings hold their values: everything is a string.</summary>
    public static string? Scalar(JsonNode? node)
    {
        if (node is not JsonValue value)
            return null;
        return value.TryGetValue(out string? text) ? text : value.ToJsonString();
    }

    public static bool? Flag(JsonNode? node) => Scalar(node) switch
    {
        null => null,
        "true" or "" => true,
        "false" => false,
        string other => throw Errors.IllegalArgument($"Failed to parse value [{other}] as only [true] or [false] are allowed."),
    };

    /// <summary>One string or an array of strings, also comma-separated.</summary>
    public static List<string> Strings(JsonNode? node)
    {
        if (node is null)
            return [];
        IEnumerable<string> parts = node is JsonArray array ? array.Select(item => Scalar(item) ?? "") : (Scalar(node) ?? "").Split(',');
        return [.. parts.Select(part => part.Trim()).Where(part => part.Length > 0)];
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
