using System.Buffers.Text;
using System.Globalization;
using static AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.MessagePack.Json;

/// <summary>
/// Writes an event as the JSON document that is indexed, straight from MessagePack, with no objects in between.
/// <code>
/// {"@timestamp":"2026-11-22T09:00:28.097479000Z", the record's fields ..., "metadata":{...}}
/// </code>
/// Every MessagePack value has its text, and the text is always valid JSON:
/// <list type="bullet">
/// <item>strings: invalid UTF-8 becomes U+FFFD, one for each maximal part that can't be;</item>
/// <item>floats: the shortest text that reads back the same, never without <c>.</c> or exponent; NaN and infinities: null;</item>
/// <item>binary: its text if it is UTF-8, otherwise Base64; extensions: Base64 of their data;</item>
/// <item>keys that aren't strings: the text of their value; maps and arrays as keys: Base64 of their MessagePack;</item>
/// <item>a key twice in a map: the last one wins (Elasticsearch refuses duplicates), compared as they are written;</item>
/// <item>the record's own <c>@timestamp</c>: <c>event.original_timestamp</c>; event metadata where the record has a
/// field <c>metadata</c>: <c>event.metadata</c>;</item>
/// <item>a record that is no map: <c>message</c>;</item>
/// <item>a record of OpenTelemetry: as <see cref="OtlpFields"/> says;</item>
/// <item>maps and arrays nested deeper than <see cref="MaxDepth"/>: Base64 of their MessagePack.</item>
/// </list>
/// One instance serves one thread: it keeps its working memory.
/// </summary>
internal sealed partial class JsonTranscoder
{
    /// <summary>How deep maps and arrays nest: as deep as Elasticsearch 8's parser reads, less what the document adds.</summary>
    public const int MaxDepth = 500;

    // Longer than any number, constant or time that is written.
    private const int ScalarRoom = 64;

    private readonly JsonTimestamp _timestamp = new();
    private readonly JsonKeys _keys = new();
    private readonly RepeatedValues _repeated = new();
    private JsonBuffer _out = null!;

    /// <summary>Reads the record that is next and writes its document, without a newline.</summary>
    /// <param name="events">The bytes that <paramref name="reader"/> reads.</param>
    /// <param name="reader">It stands after the head of the event.</param>
    /// <param name="head">The head.</param>
    /// <param name="destination">Where to append.</param>
    /// <exception cref="MessagePackException">The record is malformed; a part of the document may have been written.</exception>
    public void WriteDocument(ReadOnlySpan<byte> events, scoped ref MessagePackReader reader, EventHead head, JsonBuffer destination)
    {
        _out = destination;
        _keys.Reset();
        WriteTimestamp(head.Time);
        var count = reader.TryReadMap();
        var frame = _keys.Begin(Math.Max(count, 1));
        if (count < 0)
            WriteRecordThatIsNoMap(ref reader, ref frame);
        else
            WritePairs(ref reader, count, 1, ref frame);
        if (head.MetadataStart >= 0)
            WriteMetadata(new MessagePackReader(events[head.MetadataStart..]), ref frame);
        if (_otlp.HasGroup)
            WriteGroup(ref frame);
        _keys.End(ref frame, _out);
        Close((byte)'}');
    }

    private void WriteTimestamp(EventTimestamp time)
    {
        _out.EnsureRoom(ScalarRoom);
        _out.Write("{\"@timestamp\":\""u8);
        _timestamp.Write(time, _out.Bytes[_out.Position..]);
        _out.Position += JsonTimestamp.Length;
        _out.Put((byte)'"');
        _out.Put((byte)',');
    }

    private void WriteRecordThatIsNoMap(scoped ref MessagePackReader reader, ref JsonKeys.Frame frame)
    {
        var start = _out.Position;
        _out.Write("\"message\":"u8);
        _keys.Add(ref frame, start, JsonKeys.Fingerprint(_out, start), _out);
        WriteValue(ref reader, 1);
        _out.EnsureRoom(1);
        _out.Put((byte)',');
    }

    private void WriteMetadata(MessagePackReader reader, ref JsonKeys.Frame frame)
    {
        var map = reader;
        int count = map.TryReadMap();
        if (count <= 0 || OtlpFields.Is(map) && WriteOtlp(map, ref frame) && count == 1)
            return;
        var start = _out.Position;
        _out.Write("\"metadata\":"u8);
        if (_keys.Contains(frame, start, _out))
        {
            _out.Position = start;
            _out.Write("\"event.metadata\":"u8);
        }

        _keys.Add(ref frame, start, JsonKeys.Fingerprint(_out, start), _out);
        WriteValue(ref reader, 1);
        _out.EnsureRoom(1);
        _out.Put((byte)',');
    }

    private void WriteMap(scoped ref MessagePackReader reader, int count, int depth)
    {
        _out.EnsureRoom(2);
        _out.Put((byte)'{');
        if (count == 0)
        {
            _out.Put((byte)'}');
            return;
        }

        var frame = _keys.Begin(count);
        WritePairs(ref reader, count, depth, ref frame);
        _keys.End(ref frame, _out);
        Close((byte)'}');
    }

    /// <summary>Writes <c>"key":value,</c> for each pair; whoever closes the map replaces the last comma.</summary>
    private void WritePairs(scoped ref MessagePackReader reader, int count, int depth, ref JsonKeys.Frame frame)
    {
        for (var i = 0; i < count; i++)
        {
            var start = _out.Position;
            if ((depth == 1 && IsOwnTimestamp(reader.Rest)) || !TryWriteShortString(ref reader, (byte)':', out var fingerprint))
            {
                WriteKey(ref reader, isRoot: depth == 1);
                fingerprint = JsonKeys.Fingerprint(_out, start);
            }

            _keys.Add(ref frame, start, fingerprint, _out);
            if (TryWriteShortString(ref reader, (byte)',', out _))
                continue;
            if (depth == 1 && IsContainer(reader.Peek()))
                WriteRootContainer(ref reader, i);
            else
                WriteValue(ref reader, depth);
            _out.EnsureRoom(1);
            _out.Put((byte)',');
        }
    }

    private void WriteRootContainer(scoped ref MessagePackReader reader, int place)
    {
        if (_repeated.TryWrite(place, ref reader, _out))
            return;
        var rest = reader.Rest;
        var start = _out.Position;
        WriteContainer(ref reader, 1);
        _repeated.Keep(place, rest[..^reader.Rest.Length], _out.Written[start..]);
    }

    /// <summary>The key <c>@timestamp</c>, in the two forms that <see cref="TryWriteShortString"/> would take.</summary>
    private static bool IsOwnTimestamp(ReadOnlySpan<byte> rest) =>
        rest.Length > 11
        && (rest[0] == (FixStr | 10) ? rest[1..] : rest[0] == Str8 && rest[1] == 10 ? rest[2..] : default).StartsWith("@timestamp"u8);

    private void WriteArray(scoped ref MessagePackReader reader, int count, int depth)
    {
        _out.EnsureRoom(2);
        _out.Put((byte)'[');
        if (count == 0)
        {
            _out.Put((byte)']');
            return;
        }

        for (var i = 0; i < count; i++)
        {
            WriteValue(ref reader, depth);
            _out.EnsureRoom(1);
            _out.Put((byte)',');
        }

        Close((byte)']');
    }

    private static bool IsContainer(byte code) => IsMap(code) || IsArray(code);

    private void Close(byte bracket) => _out.Bytes[_out.Position - 1] = bracket;

    private void WriteKey(scoped ref MessagePackReader reader, bool isRoot)
    {
        var start = _out.Position;
        if (TryTakeString(ref reader, out var text))
            WriteString(text, reader.Rest.Length);
        else
            WriteOtherKey(ref reader);
        if (isRoot && _out.Written[start..].SequenceEqual("\"@timestamp\""u8))
        {
            _out.Position = start;
            _out.Write("\"event.original_timestamp\""u8);
        }

        _out.EnsureRoom(1);
        _out.Put((byte)':');
    }

    /// <summary>The text of the value in quotes; what is written with quotes anyway is left as it is.</summary>
    private void WriteOtherKey(scoped ref MessagePackReader reader)
    {
        if (IsContainer(reader.Peek()))
        {
            WriteBase64(reader.Skip());
            return;
        }

        var start = _out.Position;
        _out.EnsureRoom(ScalarRoom);
        _out.Put((byte)'"');
        WriteValue(ref reader, MaxDepth);
        if (_out.Bytes[start + 1] == (byte)'"')
        {
            _out.Remove(start, 1);
            return;
        }

        _out.EnsureRoom(1);
        _out.Put((byte)'"');
    }

    /// <param name="reader">It stands before the value.</param>
    /// <param name="depth">How many maps and arrays are open around it.</param>
    private void WriteValue(scoped ref MessagePackReader reader, int depth)
    {
        if (TryTakeString(ref reader, out var text))
        {
            WriteString(text, reader.Rest.Length);
            return;
        }

        if (IsContainer(reader.Peek()))
            WriteContainer(ref reader, depth);
        else
            WriteScalar(ref reader, reader.ReadByte());
    }

    private void WriteContainer(scoped ref MessagePackReader reader, int depth)
    {
        if (depth >= MaxDepth)
            WriteBase64(reader.Skip());
        else if (reader.TryReadMap() is var pairs and >= 0)
            WriteMap(ref reader, pairs, depth + 1);
        else
            WriteArray(ref reader, reader.TryReadArray(), depth + 1);
    }

    private void WriteScalar(scoped ref MessagePackReader reader, byte code)
    {
        switch (code)
        {
            case <= MaxPositiveFixInt:
                WriteInteger(code);
                break;
            case >= NegativeFixInt:
                WriteInteger((sbyte)code);
                break;
            case Nil:
                _out.Write("null"u8);
                break;
            case False:
                _out.Write("false"u8);
                break;
            case True:
                _out.Write("true"u8);
                break;
            case Bin8:
                WriteBinary(reader.Take(reader.ReadByte()), reader.Rest.Length);
                break;
            case Bin16:
                WriteBinary(reader.Take(reader.ReadUInt16()), reader.Rest.Length);
                break;
            case Bin32:
                WriteBinary(reader.Take(reader.ReadUInt32()), reader.Rest.Length);
                break;
            case Ext8:
                WriteExtension(ref reader, reader.ReadByte());
                break;
            case Ext16:
                WriteExtension(ref reader, reader.ReadUInt16());
                break;
            case Ext32:
                WriteExtension(ref reader, reader.ReadUInt32());
                break;
            case Float32:
                WriteSingle(BitConverter.UInt32BitsToSingle(reader.ReadUInt32()));
                break;
            case Float64:
                WriteDouble(BitConverter.UInt64BitsToDouble(reader.ReadUInt64()));
                break;
            case UInt8:
                WriteInteger(reader.ReadByte());
                break;
            case MessagePackFormat.UInt16:
                WriteInteger(reader.ReadUInt16());
                break;
            case MessagePackFormat.UInt32:
                WriteInteger(reader.ReadUInt32());
                break;
            case MessagePackFormat.UInt64:
                WriteUnsigned(reader.ReadUInt64());
                break;
            case Int8:
                WriteInteger((sbyte)reader.ReadByte());
                break;
            case MessagePackFormat.Int16:
                WriteInteger((short)reader.ReadUInt16());
                break;
            case MessagePackFormat.Int32:
                WriteInteger((int)reader.ReadUInt32());
                break;
            case MessagePackFormat.Int64:
                WriteInteger((long)reader.ReadUInt64());
                break;
            case >= FixExt1 and <= FixExt16:
                WriteExtension(ref reader, 1u << (code - FixExt1));
                break;
            default:
                throw MessagePackReader.Unknown(code);
        }
    }

    private void WriteInteger(long value)
    {
        _out.EnsureRoom(ScalarRoom);
        Utf8Formatter.TryFormat(value, _out.Bytes[_out.Position..], out var written);
        _out.Position += written;
    }

    private void WriteUnsigned(ulong value)
    {
        _out.EnsureRoom(ScalarRoom);
        Utf8Formatter.TryFormat(value, _out.Bytes[_out.Position..], out var written);
        _out.Position += written;
    }

    private void WriteDouble(double value)
    {
        _out.EnsureRoom(ScalarRoom);
        if (double.IsFinite(value) && value.TryFormat(_out.Bytes[_out.Position..], out var written, default, CultureInfo.InvariantCulture))
            EndFloat(written);
        else
            _out.Write("null"u8);
    }

    private void WriteSingle(float value)
    {
        _out.EnsureRoom(ScalarRoom);
        if (float.IsFinite(value) && value.TryFormat(_out.Bytes[_out.Position..], out var written, default, CultureInfo.InvariantCulture))
            EndFloat(written);
        else
            _out.Write("null"u8);
    }

    /// <summary>A whole number keeps a <c>.0</c>: else the first document of an index could make the field a long.</summary>
    private void EndFloat(int written)
    {
        var text = _out.Bytes.Slice(_out.Position, written);
        _out.Position += written;
        if (!text.ContainsAny((byte)'.', (byte)'E'))
            _out.Write(".0"u8);
    }

    private void WriteExtension(scoped ref MessagePackReader reader, uint length)
    {
        reader.Take(1);
        WriteBase64(reader.Take(length));
    }
}
