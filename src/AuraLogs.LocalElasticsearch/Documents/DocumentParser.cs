using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Documents;

/// <summary>
/// Reads a document against an index's mapping, adds the fields that are new to it, and yields what the index stores
/// to find it. A document that does not fit leaves no trace: its new fields are taken back. Used by one thread at a time.
/// </summary>
internal sealed partial class DocumentParser(string indexName, IndexMapping mapping, IndexSettings settings, ElasticsearchVersion version)
{
    private static readonly HashSet<string> MetadataFields =
        ["_id", "_index", "_type", "_version", "_seq_no", "_primary_term", "_routing", "_field_names", "_ignored", "_doc_count", "_tier"];

    private readonly List<(ObjectMapping Parent, MappingEntry Entry)> _added = [];
    private readonly Dictionary<MappingEntry, RepeatedValues> _repeated = [];
    private readonly StringBuilder _preview = new();
    private char[] _text = new char[4096];
    private char[] _lower = new char[4096];
    private long _objects;
    private string _id = "";
    private FieldMapping? _current;
    private ReadOnlyMemory<byte> _source;

    /// <summary>What the last document brings.</summary>
    public ParsedDocument Parsed { get; } = new();

    /// <summary>Whether the last document added fields to the mapping.</summary>
    public bool ChangedMapping => _added.Count > 0;

    /// <exception cref="ElasticsearchException">The document is not JSON or does not fit the mapping.</exception>
    public void Parse(string id, ReadOnlyMemory<byte> document, IndexBuffer buffer)
    {
        Parsed.Begin(buffer);
        _added.Clear();
        _id = id;
        _current = null;
        _source = document;
        ReadOnlySpan<byte> source = document.Span;
        try
        {
            CheckStart(source);
            Utf8JsonReader reader = new(source, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
            reader.Read();
            ParseObject(ref reader, mapping.Root, 1);
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            Undo();
            throw Broken(source, e);
        }
        catch
        {
            Undo();
            throw;
        }
    }

    /// <summary>Takes back the fields that the last document added.</summary>
    public void Undo()
    {
        for (int i = _added.Count - 1; i >= 0; i--)
            mapping.Remove(_added[i].Parent, _added[i].Entry);
        if (_added.Count > 0)
            Forget();
        _added.Clear();
    }

    /// <summary>Reads the next values anew: the mapping or a setting is another.</summary>
    public void Forget() => _repeated.Clear();

    private void CheckStart(ReadOnlySpan<byte> source)
    {
        if (source.Trim(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            throw Refused("failed to parse", new ElasticsearchException(
                400, "not_x_content_exception", "Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes"));
        }

        if (!Utf8.IsValid(source))
            throw Refused("failed to parse", Errors.BrokenJson("Invalid UTF-8 start byte", endOfInput: false));
    }

    private ElasticsearchException Broken(ReadOnlySpan<byte> source, JsonException e)
    {
        ElasticsearchException cause = Errors.BrokenJson(e.Message, Json.IsEndOfInput(source));
        return _current is null ? Refused("failed to parse", cause) : Malformed(_current, "", cause);
    }

    private void ParseObject(ref Utf8JsonReader reader, ObjectMapping parent, int depth)
    {
        long self = ++_objects;
        HashSet<string>? others = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            MappingEntry? entry = reader.ValueIsEscaped ? parent.Find(Json.GetText(ref reader)) : parent.Find(reader.ValueSpan);
            if (entry is not null)
            {
                if (entry.SeenIn == self)
                    throw Duplicate(entry.Name);
                entry.SeenIn = self;
                ParseEntry(ref reader, entry, depth);
                continue;
            }

            string name = Json.GetText(ref reader);
            if (!(others ??= []).Add(name))
                throw Duplicate(name);
            ParseUnknown(ref reader, parent, name, depth, self);
        }
    }

    private void ParseEntry(ref Utf8JsonReader reader, MappingEntry entry, int depth)
    {
        reader.Read();
        bool mayRepeat = reader.TokenType == JsonTokenType.StartObject
            || (reader.TokenType == JsonTokenType.String && entry is FieldMapping { HasTermsOnly: true });
        RepeatedValues? repeated = mayRepeat ? RepeatedOf(entry) : null;
        if (repeated?.IsOfUse(Parsed.Buffer) != true)
        {
            ParseValue(ref reader, entry, depth);
            return;
        }

        Utf8JsonReader after = reader;
        after.Skip();
        ReadOnlySpan<byte> json = _source.Span[(int)reader.TokenStartIndex..(int)after.BytesConsumed];
        if (repeated.TryAdd(json, Parsed))
        {
            reader = after;
            return;
        }

        (int terms, int numbers) = (Parsed.Terms.Count, Parsed.Numbers.Count);
        ParseValue(ref reader, entry, depth);
        repeated.Remember(json, Parsed, terms, numbers);
    }

    private RepeatedValues RepeatedOf(MappingEntry entry)
    {
        ref RepeatedValues? repeated = ref CollectionsMarshal.GetValueRefOrAddDefault(_repeated, entry, out _);
        return repeated ??= new RepeatedValues();
    }

    private void ParseValue(ref Utf8JsonReader reader, MappingEntry entry, int depth)
    {
        if (entry is ObjectMapping below)
        {
            ParseObjectValue(ref reader, below, depth);
            return;
        }

        _current = (FieldMapping)entry;
        ParseField(ref reader, _current);
        _current = null;
    }

    private void ParseObjectValue(ref Utf8JsonReader reader, ObjectMapping entry, int depth)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return;
            case var _ when !entry.IsEnabled:
                reader.Skip();
                return;
            case JsonTokenType.StartObject:
                ParseObject(ref reader, entry, depth + 1);
                return;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    ParseObjectValue(ref reader, entry, depth);
                return;
            default:
                throw Refused($"object mapping for [{entry.Path}] tried to parse field [{entry.Name}] as object, but found a concrete value");
        }
    }

    /// <summary>A name that the mapping does not have: checked, split at its dots, then mapped as <c>dynamic</c> says.</summary>
    private void ParseUnknown(ref Utf8JsonReader reader, ObjectMapping parent, string name, int depth, long self)
    {
        CheckName(parent, name);
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            reader.Read();
            AddDynamic(ref reader, parent, name, depth, self);
            return;
        }

        string[] parts = name.Split('.');
        ObjectMapping at = parent;
        for (int i = 0; i < parts.Length - 1; i++)
        {
            MappingEntry? next = at.Find(parts[i]);
            if (next is FieldMapping { Family: FieldFamily.Flattened } flattened)
            {
                reader.Read();
                ParseFlattenedLeaf(ref reader, flattened, string.Join('.', parts[(i + 1)..]));
                return;
            }

            if (next is FieldMapping field)
            {
                throw Refused(
                    $"Could not dynamically add mapping for field [{name}]. Existing mapping for [{field.Path}] must be of type object but found [{field.Type}].");
            }

            ObjectMapping? below = next as ObjectMapping ?? AddDynamicObject(at, parts[i], depth + i + 1);
            if (below is not { IsEnabled: true })
            {
                reader.Read();
                reader.Skip();
                return;
            }

            at = below;
        }

        if (at.Find(parts[^1]) is { } leaf)
        {
            ParseEntry(ref reader, leaf, depth + parts.Length - 1);
            return;
        }

        reader.Read();
        AddDynamic(ref reader, at, parts[^1], depth + parts.Length - 1, self);
    }

    private void CheckName(ObjectMapping parent, string name)
    {
        if (name.Length == 0)
            throw Refused("failed to parse", Errors.IllegalArgument("field name cannot be an empty string"));
        if (name[0] == '.' || name[^1] == '.' || name.Contains("..", StringComparison.Ordinal))
            throw Refused("failed to parse", Errors.IllegalArgument($"object field starting or ending with a [.] makes object resolution ambiguous: [{name}]"));
        if (parent.Path.Length > 0 || name[0] != '_')
            return;
        if (MetadataFields.Contains(name))
            throw Refused($"Field [{name}] is a metadata field and cannot be added inside a document. Use the index API request parameters.");
        if (name == "_source")
            throw Refused("Cannot generate dynamic mappings of type [_source] for [_source]");
    }

    /// <summary>The flattened field: every leaf is a keyword, found by its key and without it.</summary>
    private void ParseFlattened(ref Utf8JsonReader reader, FieldMapping field, string prefix)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Malformed(field, Preview(ref reader), Errors.IllegalArgument("expected an object"));
        HashSet<string> seen = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = Json.GetText(ref reader);
            if (!seen.Add(key))
                throw Duplicate(key);
            reader.Read();
            ParseFlattenedLeaf(ref reader, field, prefix.Length == 0 ? key : prefix + "." + key);
        }
    }

    private void ParseFlattenedLeaf(ref Utf8JsonReader reader, FieldMapping field, string key)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return;
            case JsonTokenType.StartObject:
                ParseFlattened(ref reader, field, key);
                return;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    ParseFlattenedLeaf(ref reader, field, key);
                return;
            default:
                ReadOnlySpan<char> value = TextOf(ref reader);
                if (value.Length > field.IgnoreAbove || !field.IsIndexed)
                    return;
                CheckLength(field, value);
                Parsed.AddTerm(field.Id, Term.Exists);
                Parsed.AddTerm(field.Id, Term.Value, value);
                Parsed.AddTerm(field.Id, Term.Keyed, $"{key}\0{value}");
                return;
        }
    }

    private ElasticsearchException Duplicate(string name) =>
        Refused("failed to parse", Errors.BrokenJson($"Duplicate field '{name}'", endOfInput: false));

    private ElasticsearchException Refused(string reason, ElasticsearchException? cause = null) =>
        new(400, version.DocumentParsingError, version.HasTypes ? reason : $"[1:1] {reason}") { CausedBy = cause };

    private ElasticsearchException Malformed(FieldMapping field, string preview, ElasticsearchException cause) =>
        Refused($"failed to parse field [{field.Path}] of type [{field.Type}] in document with id '{_id}'. Preview of field's value: '{preview}'", cause);

    /// <summary>The text of a scalar, valid until the next one is read.</summary>
    private ReadOnlySpan<char> TextOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.True)
            return "true";
        if (reader.TokenType is JsonTokenType.False)
            return "false";
        if (reader.ValueSpan.Length > _text.Length)
            _text = new char[reader.ValueSpan.Length * 2];
        if (reader.TokenType == JsonTokenType.Number)
            return _text.AsSpan(0, Encoding.UTF8.GetChars(reader.ValueSpan, _text));
        try
        {
            return _text.AsSpan(0, reader.CopyString(_text));
        }
        catch (InvalidOperationException)
        {
            return JsonText.Unescape(reader.ValueSpan);
        }
    }

    /// <summary>A value as Java prints it, which is what the message of a refusal shows.</summary>
    private string Preview(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return TextOf(ref reader).ToString();
        _preview.Clear();
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        AppendPreview(document.RootElement);
        return _preview.ToString();
    }

    private void AppendPreview(JsonElement element)
    {
        string separator = "";
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                _preview.Append('{');
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    _preview.Append(separator).Append(member.Name).Append('=');
                    AppendPreview(member.Value);
                    separator = ", ";
                }

                _preview.Append('}');
                break;
            case JsonValueKind.Array:
                _preview.Append('[');
                foreach (JsonElement item in element.EnumerateArray())
                {
                    _preview.Append(separator);
                    AppendPreview(item);
                    separator = ", ";
                }

                _preview.Append(']');
                break;
            default:
                _preview.Append(element.ToString());
                break;
        }
    }

    private static string IpText(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    private static JsonObject Type(string type) => new() { ["type"] = type };

    private static JsonObject DynamicString() => new()
    {
        ["type"] = "text",
        ["fields"] = new JsonObject { ["keyword"] = new JsonObject { ["type"] = "keyword", ["ignore_above"] = 256 } },
    };

    private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);
}
