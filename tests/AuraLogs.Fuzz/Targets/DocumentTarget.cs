using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.Forward.Decoding;
using AuraLogs.MessagePack;
using AuraLogs.MessagePack.Json;

namespace AuraLogs.Fuzz.Targets;

/// <summary>
/// The way from MessagePack to JSON, against a reference of System.Text.Json: every event that the way in takes becomes a document that reads
/// back as what was sent, with no name twice in it, whatever was written before it.
/// </summary>
internal class DocumentTarget : FuzzTarget
{
    // Deeper than the documents are, so that their bottom is seen.
    private const int Nesting = 600;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 1000 };

    private readonly JsonTranscoder _used = new();
    private readonly JsonBuffer _document = new(4096);

    public override string Name => "documents";

    public override IReadOnlyList<byte[]> Words => Packed.Words;

    public override IEnumerable<byte[]> Seeds()
    {
        yield return Packed.Event("plain");
        yield return Packed.Event("a \"quote\", a \\, a \u0001, an \u00e9, a \ud83d\ude00, and more than thirty-two bytes of it all");
        yield return Packed.Array(Packed.Time(1, 2), Packed.Map(
            Packed.Str("@timestamp"), Packed.Str("own"), Packed.Str("a"), [0xcb, 0x40, 0, 0, 0, 0, 0, 0, 0], Packed.Str("a"), [0xca, 0x7f, 0xc0, 0, 0],
            [5], Packed.Bin([0xff, 0xfe]), Packed.Bin([0x61]), [0xd4, 1, 2], Packed.Array([1]), Packed.Nil));
        yield return Packed.Array(Packed.Array([0x05], Packed.Map(Packed.Str("m"), Packed.Str("x"))), Packed.Map(Packed.Str("metadata"), Packed.Map(Packed.Nil, Packed.Nil)));
        yield return Packed.Concat(Packed.Event("twice"), Packed.Array(Packed.Time(9, 9), Packed.Map(Packed.Str("k"), Packed.Map(Packed.Str("v"), Packed.Array([1], [2])))));
        yield return [.. Packed.Array(Packed.Time(1, 2))[..1], 0x92, .. Packed.Time(1, 2)[0..], .. Packed.Map(Packed.Str("d")), .. Enumerable.Repeat((byte)0x91, 520), 0xc0];
        yield return Packed.Array(Packed.Time(1, 2), [0x81, 0xa1, (byte)'d', .. Enumerable.Repeat((byte)0x91, 520), 0xc0]);
        yield return Packed.Array(Packed.Time(1, 2), [0xde, 0, 70, .. Enumerable.Range(0, 70).SelectMany(number => Packed.Concat(Packed.Str($"k{number % 65}"), [(byte)number]))]);
    }

    public override void Run(byte[] input)
    {
        var scanner = new EventScanner(Nesting, int.MaxValue, int.MaxValue, int.MaxValue);
        var position = 0;
        scanner.Begin(0);
        if (scanner.Advance(input, ref position, int.MaxValue) == ScanStatus.Malformed || !scanner.AtBoundary || position != input.Length)
            return;
        Require(Transcode(input, new JsonTranscoder()) == scanner.Count, "The way out writes the events that the way in counted.");
    }

    public override void Dispose()
    {
        _document.Dispose();
        base.Dispose();
    }

    private int Transcode(byte[] events, JsonTranscoder unused)
    {
        var reader = new MessagePackReader(events);
        var reference = new ReferenceReader(events);
        var count = 0;
        var isGrouped = false;
        _used.TakeGroup(GroupMarker.End, default);
        while (!reader.IsAtEnd)
        {
            var before = reader.Position;
            var head = EventHead.Read(ref reader);
            if (head.Marker != GroupMarker.None)
            {
                reader.Skip();
                _used.TakeGroup(head.Marker, events.AsSpan(before..reader.Position));
                unused.TakeGroup(head.Marker, events.AsSpan(before..reader.Position));
                isGrouped = head.Marker == GroupMarker.Begin;
                continue;
            }

            var again = reader;
            var json = Write(_used, events, ref reader, head);
            Require(json == Write(unused, events, ref again, head), "What was written before changes nothing.");
            reference.Position = before;
            Check(json, reference.Read(), isGrouped);
            Require(reference.Position == reader.Position, "An event ends where it ends.");
            count++;
        }

        return count;
    }

    private string Write(JsonTranscoder transcoder, byte[] events, ref MessagePackReader reader, EventHead head)
    {
        _document.Position = 0;
        transcoder.WriteDocument(events, ref reader, head, _document);
        Require(System.Text.Unicode.Utf8.IsValid(_document.Written), "A document is UTF-8.");
        return Encoding.UTF8.GetString(_document.Written);
    }

    private static void Check(string json, ReferenceValue sent, bool isGrouped)
    {
        JsonObject document;
        try
        {
            document = (JsonObject)JsonNode.Parse(json, documentOptions: Strict)!;
        }
        catch (JsonException e)
        {
            throw new BrokenPromiseException($"A document is JSON without a name twice: {e.Message}");
        }

        var head = (List<ReferenceValue>)sent.Value!;
        var time = head[0].Value is List<ReferenceValue> timeAndMetadata ? timeAndMetadata[0] : head[0];
        var metadata = head[0].Value is List<ReferenceValue> { Count: > 1 } withMetadata ? withMetadata[1] : null;
        var written = (string)document["@timestamp"]!;
        Require(DateTimeOffset.TryParse(written, System.Globalization.CultureInfo.InvariantCulture, out _), "A document has a time.");
        Require(ReferenceDocument.TimeOf(time) is not { } expectedTime || expectedTime == written, "A document has the time that was sent.");
        if (isGrouped || IsOpenTelemetry(metadata))
            return;
        document.Remove("@timestamp");
        Require(JsonNode.DeepEquals(ReferenceDocument.Of(head[1], metadata), document), "A document is what was sent.");
    }

    private static bool IsOpenTelemetry(ReferenceValue? metadata) =>
        metadata?.Value is List<KeyValuePair<ReferenceValue, ReferenceValue>> { Count: > 0 } pairs && pairs[0].Key.Value is "otlp";
}
