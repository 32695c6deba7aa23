using System.Text.Json;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.Sending;

namespace AuraLogs.Indexing.Judging;

/// <summary>
/// Reads the answer to a <c>_bulk</c> request that was asked for at a <see cref="BulkPath"/>:
/// <code>
/// {"errors":true,"items":[{"create":{"status":201}},{"create":{"status":409,"error":{"type":"...","reason":"..."}}}]}
/// </code>
/// The items are in the order of the request. Nearly all are the same 25 bytes, which are compared and not parsed. An answer
/// counts only whole: with one item for each that was sent, and well-formed to its end.
/// </summary>
internal sealed class BulkResponse
{
    private const int BytesAnItem = 2 << 10;

    private readonly List<(int Item, ElasticsearchError Error)> _errors = [];
    private Verdict[] _verdicts = new Verdict[256];
    private int _count;

    private static ReadOnlySpan<byte> Created => "{\"create\":{\"status\":201}}"u8;

    /// <summary>One for each item, in order.</summary>
    public ReadOnlySpan<Verdict> Verdicts => _verdicts.AsSpan(0, _count);

    /// <summary>The errors of the items that are neither indexed nor duplicates, in order.</summary>
    public IReadOnlyList<(int Item, ElasticsearchError Error)> Errors => _errors;

    /// <summary>How many items there was no room for (429). The 429 of a blocked index is none of them.</summary>
    public int Overloads { get; private set; }

    /// <summary>
    /// The most bytes that are read of the answer to a request: what surrounds the items, type and reason and cause of an error for each, and the
    /// document's own values, which a reason and its cause may quote.
    /// </summary>
    public static long MostBytes(BulkRequest request) => (64 << 10) + ((long)request.Count * BytesAnItem) + (3L * request.Body.Position);

    /// <returns>False when this is no whole answer for <paramref name="sent"/> items; nothing of it counts then.</returns>
    public bool TryRead(ReadOnlySpan<byte> body, int sent)
    {
        _errors.Clear();
        _count = 0;
        Overloads = 0;
        if (_verdicts.Length < sent)
            _verdicts = new Verdict[Math.Max(sent, 2 * _verdicts.Length)];
        try
        {
            body = PeerJson.Readable(body);
            return TryFindItems(body, out var position) && TryReadItems(body, ref position, sent) && IsEnd(body[position..]);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Goes to behind the <c>[</c> of <c>items</c>, whatever stands before.</summary>
    private static bool TryFindItems(ReadOnlySpan<byte> body, out int position)
    {
        position = 0;
        var reader = new Utf8JsonReader(body, isFinalBlock: false, state: default);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isItems = reader.ValueTextEquals("items"u8);
            if (!reader.Read())
                return false;
            position = (int)reader.BytesConsumed;
            if (isItems)
                return reader.TokenType == JsonTokenType.StartArray;
            if (!reader.TrySkip())
                return false;
        }

        return false;
    }

    private bool TryReadItems(ReadOnlySpan<byte> body, ref int position, int sent)
    {
        while (true)
        {
            SkipWhitespace(body, ref position);
            if (_count == sent)
                return position < body.Length && body[position++] == ']';
            if (_count > 0 && (position >= body.Length || body[position++] != ','))
                return false;
            if (body[position..].StartsWith(Created))
            {
                _verdicts[_count++] = Verdict.Indexed;
                position += Created.Length;
            }
            else if (!TryReadOtherItem(body, ref position))
            {
                return false;
            }
        }
    }

    private bool TryReadOtherItem(ReadOnlySpan<byte> body, ref int position)
    {
        var reader = new Utf8JsonReader(body[position..], isFinalBlock: false, state: default);
        if (!JsonDocument.TryParseValue(ref reader, out var item))
            return false;
        using (item)
        {
            position += (int)reader.BytesConsumed;
            return item.RootElement.ValueKind == JsonValueKind.Object
                && item.RootElement.GetPropertyCount() == 1
                && item.RootElement.TryGetProperty("create"u8, out var result)
                && TryJudge(result);
        }
    }

    private bool TryJudge(JsonElement result)
    {
        if (result.ValueKind != JsonValueKind.Object || HasNameTwice(result)
            || !result.TryGetProperty("status"u8, out var statusElement)
            || statusElement.ValueKind != JsonValueKind.Number
            || !statusElement.TryGetInt32(out var status))
            return false;
        var error = result.TryGetProperty("error"u8, out var errorElement) ? ElasticsearchError.Parse(errorElement) : new ElasticsearchError("", "");
        var verdict = IsInFailureStore(result) ? Verdict.FailureStore : ItemJudge.Judge(status, error);
        Overloads += status == 429 && verdict == Verdict.Retry ? 1 : 0;
        if (verdict is not (Verdict.Indexed or Verdict.Duplicate or Verdict.FailureStore))
            _errors.Add((_count, error));
        _verdicts[_count++] = verdict;
        return true;
    }

    /// <summary>Whether the cluster took the document, and put it aside because its data stream refuses it (8.19, 9.1).</summary>
    private static bool IsInFailureStore(JsonElement result) =>
        result.TryGetProperty("failure_store"u8, out var used) && used.ValueKind == JsonValueKind.String && used.ValueEquals("used"u8);

    /// <summary>Which of the two would count is anybody's guess.</summary>
    private static bool HasNameTwice(JsonElement json)
    {
        var (statuses, errors) = (0, 0);
        foreach (var property in json.EnumerateObject())
        {
            statuses += property.NameEquals("status"u8) ? 1 : 0;
            errors += property.NameEquals("error"u8) ? 1 : 0;
        }

        return statuses > 1 || errors > 1;
    }

    /// <summary>What may stand behind the items: more properties, and the end.</summary>
    private static bool IsEnd(ReadOnlySpan<byte> rest)
    {
        rest = rest.Trim(" \t\r\n"u8);
        if (rest.Length == 1)
            return rest[0] == '}';
        if (rest.Length == 0 || rest[0] != ',')
            return false;

        // Properties after the items: with a brace before them they must be an object.
        var rebuilt = new byte[rest.Length];
        rest.CopyTo(rebuilt);
        rebuilt[0] = (byte)'{';
        var reader = new Utf8JsonReader(rebuilt);
        while (reader.Read())
        {
        }

        return true;
    }

    private static void SkipWhitespace(ReadOnlySpan<byte> body, ref int position)
    {
        while (position < body.Length && (body[position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
            position++;
    }
}
