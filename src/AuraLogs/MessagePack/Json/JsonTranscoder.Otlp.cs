using System.Buffers.Binary;
using System.Text;
using static AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.MessagePack.Json;

/// <summary>The fields of OpenTelemetry's records (<see cref="OtlpFields"/>).</summary>
internal sealed partial class JsonTranscoder
{
    private readonly OtlpFields _otlp = new();
    private readonly JsonTimestamp _observed = new();

    /// <summary>A marker was passed: its group is that of the events that follow.</summary>
    /// <param name="marker">Which.</param>
    /// <param name="markerEvent">All of it; not looked at for the end of a group.</param>
    public void TakeGroup(GroupMarker marker, ReadOnlySpan<byte> markerEvent)
    {
        if (_otlp.HasGroup)
            _otlp.Group.Clear();
        if (marker != GroupMarker.Begin)
            return;
        var reader = new MessagePackReader(markerEvent);
        EventHead.Read(ref reader);
        for (int pairs = reader.TryReadMap(); pairs > 0; pairs--)
        {
            if (!TryTakeString(ref reader, out var key))
                reader.Skip();
            else if (key.SequenceEqual("resource"u8) && IsMap(reader.Peek()))
            {
                TakeResource(new MessagePackReader(reader.Skip()));
                continue;
            }
            else if (key.SequenceEqual("scope"u8) && IsMap(reader.Peek()))
            {
                TakeGroupField("scope", reader.Skip());
                continue;
            }

            reader.Skip();
        }
    }

    private void TakeResource(MessagePackReader resource)
    {
        var kubernetes = new List<(string? Map, string Field, byte[] Value)>();
        using var others = new JsonBuffer(1024);
        var keys = _keys.Begin(1);
        for (int pairs = resource.TryReadMap(); pairs > 0; pairs--)
        {
            var key = resource.Skip();
            var value = resource.Skip();
            var name = new MessagePackReader(key);
            if (TryTakeString(ref name, out var text) && text.SequenceEqual("attributes"u8) && IsMap(value[0]))
                TakeAttributes(new MessagePackReader(value), kubernetes, others, ref keys);
            else
                AddPair(key, value, others, ref keys);
        }

        _keys.End(ref keys, others);
        if (others.Position > 0)
            AddGroupField("resource", [(byte)'{', .. others.Written[..^1], (byte)'}']);
        if (kubernetes.Count > 0)
            AddGroupField("kubernetes", KubernetesJson(kubernetes));
    }

    private void TakeAttributes(
        MessagePackReader attributes, List<(string? Map, string Field, byte[] Value)> kubernetes, JsonBuffer others, ref JsonKeys.Frame keys)
    {
        for (int pairs = attributes.TryReadMap(); pairs > 0; pairs--)
        {
            var key = attributes.Skip();
            var value = attributes.Skip();
            var name = new MessagePackReader(key);
            if (TryTakeString(ref name, out var text) && OtlpFields.KubernetesField(text) is (var map, { } field))
                kubernetes.Add((map, field, value.ToArray()));
            else
                AddPair(key, value, others, ref keys);
        }
    }

    private byte[] KubernetesJson(List<(string? Map, string Field, byte[] Value)> fields)
    {
        using var json = new JsonBuffer(1024);
        json.Write("{"u8);
        AddFields(fields.Where(field => field.Map is null), json);
        foreach (var map in fields.Where(field => field.Map is not null).GroupBy(field => field.Map!))
        {
            json.Write(Encoding.UTF8.GetBytes($"\"{map.Key}\":{{"));
            AddFields(map, json);
            json.Bytes[json.Position - 1] = (byte)'}';
            json.Write(","u8);
        }

        json.Bytes[json.Position - 1] = (byte)'}';
        return json.Written.ToArray();
    }

    private void AddFields(IEnumerable<(string? Map, string Field, byte[] Value)> fields, JsonBuffer json)
    {
        var keys = _keys.Begin(1);
        foreach (var (_, field, value) in fields)
            AddPair(Text(field), value, json, ref keys);
        _keys.End(ref keys, json);
    }

    private static byte[] Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] value = [Str32, 0, 0, 0, 0, .. utf8];
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(1), utf8.Length);
        return value;
    }

    /// <summary>Writes <c>"key":value,</c>; an earlier pair with that key is taken out in the end.</summary>
    private void AddPair(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, JsonBuffer json, ref JsonKeys.Frame keys)
    {
        _out = json;
        int start = json.Position;
        var keyReader = new MessagePackReader(key);
        WriteKey(ref keyReader, isRoot: false);
        _keys.Add(ref keys, start, JsonKeys.Fingerprint(json, start), json);
        var valueReader = new MessagePackReader(value);
        WriteValue(ref valueReader, 2);
        _out.Write(","u8);
    }

    private void TakeGroupField(string name, ReadOnlySpan<byte> value)
    {
        using var json = new JsonBuffer(1024);
        _out = json;
        var reader = new MessagePackReader(value);
        WriteValue(ref reader, 1);
        if (json.Position > 2)
            AddGroupField(name, json.Written.ToArray());
    }

    private void AddGroupField(string name, byte[] json) => _otlp.Group.Add((Encoding.UTF8.GetBytes(name), json));

    private void WriteGroup(ref JsonKeys.Frame frame)
    {
        foreach (var (name, json) in _otlp.Group)
        {
            BeginField(name, ref frame);
            _out.Write(json);
            _out.Write(","u8);
        }
    }

    /// <param name="metadata">Its first pair is next: the key <c>otlp</c> and a map.</param>
    /// <param name="frame">The document's keys.</param>
    private bool WriteOtlp(MessagePackReader metadata, ref JsonKeys.Frame frame)
    {
        metadata.Skip();
        bool hasLevel = false;
        long severity = 0;
        for (int pairs = metadata.TryReadMap(); pairs > 0; pairs--)
        {
            if (!TryTakeString(ref metadata, out var key))
            {
                metadata.Skip();
                metadata.Skip();
                continue;
            }

            if (key.SequenceEqual("severity_number"u8) && metadata.Peek() <= MaxPositiveFixInt)
                severity = metadata.Peek();
            if (key.SequenceEqual("severity_text"u8))
            {
                hasLevel = true;
                BeginField("level"u8, ref frame);
                WriteValue(ref metadata, 1);
            }
            else
            {
                BeginField(key, ref frame);
                WriteOtlpValue(key, ref metadata);
            }

            _out.Write(","u8);
        }

        if (!hasLevel && OtlpFields.LevelOf(severity) is { IsEmpty: false } level)
        {
            BeginField("level"u8, ref frame);
            WriteString(level, 0);
            _out.Write(","u8);
        }

        return true;
    }

    private void WriteOtlpValue(scoped ReadOnlySpan<byte> key, scoped ref MessagePackReader reader)
    {
        byte code = reader.Peek();
        if (code == Bin8 && (key.SequenceEqual("trace_id"u8) || key.SequenceEqual("span_id"u8)))
        {
            reader.ReadByte();
            var id = reader.Take(reader.ReadByte());
            WriteHex(id);
        }
        else if (code is MessagePackFormat.UInt64 or MessagePackFormat.Int64 && key.SequenceEqual("observed_timestamp"u8))
        {
            reader.ReadByte();
            var (seconds, nanoseconds) = Math.DivRem(reader.ReadUInt64() & long.MaxValue, 1_000_000_000ul);
            _out.EnsureRoom(ScalarRoom);
            _out.Put((byte)'"');
            _observed.Write(new EventTimestamp((long)seconds, (uint)nanoseconds), _out.Bytes[_out.Position..]);
            _out.Position += JsonTimestamp.Length;
            _out.Put((byte)'"');
        }
        else
        {
            WriteValue(ref reader, 1);
        }
    }

    private void WriteHex(ReadOnlySpan<byte> bytes)
    {
        _out.EnsureRoom((2 * bytes.Length) + 2);
        _out.Put((byte)'"');
        foreach (byte value in bytes)
        {
            _out.Put(Hex[value >> 4]);
            _out.Put(Hex[value & 15]);
        }

        _out.Put((byte)'"');
    }

    /// <summary>Writes <c>"name":</c>, or <c>"otlp.name":</c> where the document has the name already.</summary>
    private void BeginField(scoped ReadOnlySpan<byte> name, ref JsonKeys.Frame frame)
    {
        int start = _out.Position;
        WriteName(default, name);
        if (_keys.Contains(frame, start, _out) || name.SequenceEqual("@timestamp"u8))
        {
            _out.Position = start;
            WriteName("otlp."u8, name);
        }

        _keys.Add(ref frame, start, JsonKeys.Fingerprint(_out, start), _out);
    }

    private void WriteName(scoped ReadOnlySpan<byte> prefix, scoped ReadOnlySpan<byte> name)
    {
        if (prefix.IsEmpty)
            WriteString(name, 0);
        else
            WriteString([.. prefix, .. name], 0);
        _out.Write(":"u8);
    }
}
