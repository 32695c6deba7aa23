using System.Text;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Salvage;
using AuraLogs.MessagePack;
using AuraLogs.MessagePack.Json;
using AuraLogs.Unpacking;

namespace AuraLogs.Fuzz.Targets;

/// <summary>
/// The decoder of frames: nothing but messages and refusals, the same whatever the pieces in which the bytes arrive; and the way out can
/// read every event that the way in has counted.
/// </summary>
internal sealed class FrameTarget : FuzzTarget
{
    internal static readonly ForwardLimits Limits = new(
        MaxMessageBytes: 1 << 16,
        MaxNesting: 32,
        MaxTagBytes: 100,
        MaxChunkIdBytes: 60,
        MaxUnpackedBytes: 1 << 20,
        MaxUnpackedRatio: 100,
        MaxEventsPerByte: 4,
        PartBytes: 300,
        MaxEventBytes: 600);

    private readonly JsonTranscoder _transcoder = new();
    private readonly JsonBuffer _document = new(4096);

    public override string Name => "frames";

    public override IReadOnlyList<byte[]> Words => Packed.Words;

    public override IEnumerable<byte[]> Seeds()
    {
        var options = Packed.Map(Packed.Str("chunk"), Packed.Str("c1"), Packed.Str("size"), [2]);
        var events = Packed.Concat(Packed.Event("a"), Packed.Event("b"));
        var grouped = Packed.Concat(
            Packed.Array(Packed.Array(Packed.Time(uint.MaxValue, 0), Packed.Map()), Packed.Map(Packed.Str("resource"), Packed.Map())), events);
        yield return Packed.Array(Packed.Str("tag"), Packed.Array(Packed.Event("a"), Packed.Event("b")), options);
        yield return Packed.Array(Packed.Str("tag"), Packed.Bin(events), options);
        yield return Packed.Array(Packed.Str("tag"), Packed.Bin(grouped), options);
        yield return Packed.Array(Packed.Str("tag"), Packed.Bin(Packed.Gzip(events)), Packed.Map(Packed.Str("compressed"), Packed.Str("gzip")));
        yield return Packed.Array(Packed.Str("tag"), Packed.Time(1, 2), Packed.Map(Packed.Str("k"), Packed.Str("v")), options);
        yield return Packed.Array(Packed.Str("tag"), [5], Packed.Map(), Packed.Map(Packed.Str("metadata"), Packed.Map(Packed.Str("a"), Packed.Nil)));
        yield return Packed.Concat(Packed.Nil, Packed.Array(Packed.Str("t"), Packed.Array()), Packed.Nil);
        yield return Packed.Array(Packed.Str("t"), Packed.Array(Packed.Event("a"), [7]), options);
        yield return Packed.Array(Packed.Str("t"), Packed.Array(Packed.Event(new string('x', 250)), Packed.Event("b"), Packed.Event(new string('y', 250))));
        yield return Packed.Array(Packed.Str("t"), Packed.Bin(events), Packed.Array(Packed.Str("t2"), Packed.Bin(events), options));
        yield return Packed.Array(Packed.Str("t"), Packed.Bin(events), Packed.Map(Packed.Str("fluent_signal"), [1]));
    }

    public override void Run(byte[] input)
    {
        var whole = Decode(input, input.Length);
        foreach (var piece in (int[])[1, 2 + (input.Length % 7)])
            RequireEqual(whole, Decode(input, piece), $"Frames in pieces of {piece} bytes are decoded as whole ones are");
    }

    public override void Dispose()
    {
        _document.Dispose();
        base.Dispose();
    }

    /// <summary>All that the decoder says, as text.</summary>
    private string Decode(byte[] input, int piece)
    {
        var decoder = new ForwardDecoder(Limits);
        var said = new StringBuilder();
        var bytes = input.ToArray();
        var start = 0;
        var arrived = Math.Min(bytes.Length, piece);
        decoder.Begin();
        while (true)
        {
            switch (decoder.Decode(bytes.AsSpan(start..arrived)))
            {
                case DecodeStatus.NeedMore when arrived == bytes.Length:
                    return said.Append(start == arrived ? "end" : "cut").ToString();
                case DecodeStatus.NeedMore:
                    arrived = Math.Min(bytes.Length, arrived + piece);
                    continue;
                case DecodeStatus.Refused:
                    return said.Append(decoder.Refusal).ToString();
                case DecodeStatus.Message:
                    Describe(decoder, bytes.AsSpan(start), said);
                    break;
                case DecodeStatus.Heartbeat:
                    said.Append("nil\n");
                    break;
            }

            Require(decoder.Message.Length > 0, "A message has a length.");
            start += decoder.Message.Length;
            decoder.Begin();
        }
    }

    private void Describe(ForwardDecoder decoder, Span<byte> bytes, StringBuilder said)
    {
        ref var message = ref decoder.Message;
        bytes = bytes[..message.Length];
        if (message is { Mode: ForwardMode.Message, Signal: 0 } && decoder.Salvage is null)
            message.ReframeEvent(bytes);
        said.Append(message.Mode).Append(' ').Append(message.Signal).Append(' ').Append(message.Compression).Append(' ').Append(message.EventCount)
            .Append(' ').Append(message.FirstSecond).Append(' ').Append(message.Fraction)
            .Append(' ').Append(Convert.ToHexString(Slice(bytes, message.Tag))).Append(' ').Append(Convert.ToHexString(Slice(bytes, message.ChunkId)))
            .Append(' ').Append(Convert.ToHexString(Slice(bytes, message.Events))).Append(' ').Append(message.Metadata).Append('\n');
        if (message.Signal != 0 || message.Compression != Compression.None)
            return;
        if (decoder.Salvage is { } salvage)
            DescribeSalvaged(salvage, message.EventCount, bytes, said);
        else
            ReadParts(decoder, bytes, said);
    }

    private void ReadParts(ForwardDecoder decoder, ReadOnlySpan<byte> bytes, StringBuilder said)
    {
        var end = (long)decoder.Message.Events.Start;
        var count = 0;
        foreach (var part in decoder.Parts)
        {
            said.Append(part).Append('\n');
            Require(part.Start == end, "Parts follow each other.");
            Require(part.GroupLength + part.Length <= Limits.MaxEventBytes, "A part fits into an entry.");
            end = part.Start + part.Length;
            count += part.Count;
            Require(CountEvents(bytes.Slice((int)part.Start, part.Length)) == part.Count, "The way out reads the events that the way in counted.");
        }

        Require(count == decoder.Message.EventCount, "The parts hold all events.");
    }

    private void DescribeSalvaged(MessageSalvage salvage, int events, ReadOnlySpan<byte> bytes, StringBuilder said)
    {
        var count = 0;
        foreach (var part in salvage.Parts)
        {
            said.Append(part).Append('\n');
            count += part.Count;
            if (part.Kind == SalvagedKind.Events)
                Require(CountEvents(bytes.Slice(part.Start, part.Length)) == part.Count, "The way out reads the events that were salvaged.");
        }

        foreach (var part in salvage.Unreadable)
            said.Append(part).Append('\n');
        Require(count == events, "A damaged message has the events that were salvaged of it.");
    }

    private int CountEvents(ReadOnlySpan<byte> events)
    {
        var reader = new MessagePackReader(events);
        var count = 0;
        while (!reader.IsAtEnd)
        {
            var head = EventHead.Read(ref reader);
            if (head.Marker != GroupMarker.None)
            {
                reader.Skip();
                continue;
            }

            _document.Position = 0;
            _transcoder.WriteDocument(events, ref reader, head, _document);
            count++;
        }

        return count;
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, Extent extent) => bytes.Slice(extent.Start, extent.Length);
}
