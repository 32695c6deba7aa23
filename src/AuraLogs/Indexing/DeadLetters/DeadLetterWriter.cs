using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.Documents;
using AuraLogs.Indexing.Judging;
using AuraLogs.Indexing.Sending;
using AuraLogs.MessagePack.Json;

namespace AuraLogs.Indexing.DeadLetters;

/// <summary>
/// Makes dead letters of items, as items of a request to <c>aura-dead-letters-yyyy.MM.dd</c>, the day being that of the document's index:
/// <code>
/// {"@timestamp":"when it was refused","index":"...","id":"...","tag":"...","error":{"type":"...","reason":"..."},"document":"{...}"}
/// </code>
/// <c>document</c> is the document as text, so that nothing in it can be refused again; <c>index</c> and <c>id</c> say where it
/// belongs. A dead letter has the id of its document and the same day, so that a chunk that is sent again leaves no second one,
/// on whatever day that is.
/// </summary>
internal sealed class DeadLetterWriter(TimeProvider time)
{
    private const int DayLength = 10;
    private const int SegmentBytes = 8 << 10;

    // The text is read by JSON parsers alone, so only what JSON itself demands is escaped.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="item">Action line and document line, each with its newline.</param>
    /// <param name="error">Why it was refused.</param>
    /// <param name="tracker">Of the entry that it belongs to.</param>
    /// <param name="letters">Where to append.</param>
    public void Write(ReadOnlySpan<byte> item, ElasticsearchError error, EntryTracker tracker, BulkRequest letters)
    {
        var (index, id) = BulkItem.Target(item);
        var start = letters.Body.Position;
        var output = new JsonBufferWriter(letters.Body);
        using var json = new Utf8JsonWriter(output, WriterOptions);
        json.WriteStartObject();
        json.WriteStartObject("create"u8);
        json.WriteString("_index"u8, $"{IndexConventions.DeadLetterPrefix}-{index[^DayLength..]}");
        json.WriteString("_id"u8, id);
        json.WriteEndObject();
        json.WriteEndObject();
        NewLine(json, letters);

        json.WriteStartObject();
        json.WriteString("@timestamp"u8, time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        json.WriteString("index"u8, index);
        json.WriteString("id"u8, id);
        json.WriteString("tag"u8, tracker.Tag);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, error.Type);
        json.WriteString("reason"u8, error.Explanation);
        json.WriteEndObject();
        json.WritePropertyName("document"u8);
        WriteText(BulkItem.Document(item), json);
        json.WriteEndObject();
        NewLine(json, letters);
        letters.Add(start, tracker);
    }

    /// <summary>In segments: the writer takes six times as much for what it escapes at once, and the pool of the runtime keeps that for good.</summary>
    private static void WriteText(ReadOnlySpan<byte> text, Utf8JsonWriter json)
    {
        while (text.Length > SegmentBytes)
        {
            json.WriteStringValueSegment(text[..SegmentBytes], isFinalSegment: false);
            json.Flush();
            text = text[SegmentBytes..];
        }

        json.WriteStringValueSegment(text, isFinalSegment: true);
    }

    private static void NewLine(Utf8JsonWriter json, BulkRequest letters)
    {
        json.Flush();
        letters.Body.Write("\n"u8);
        json.Reset();
    }
}
