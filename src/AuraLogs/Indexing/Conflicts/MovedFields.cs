using System.Text.Encodings.Web;
using System.Text.Json;
using AuraLogs.Elasticsearch;

namespace AuraLogs.Indexing.Conflicts;

/// <summary>
/// Moves fields of a document to where any value fits:
/// <code>
/// {"@timestamp":"...","user":{"name":"Ann"},"n":1}
/// {"@timestamp":"...","n":1,"conflict":{"user":"{\"name\":\"Ann\"}"},"conflict_fields":["user"]}
/// </code>
/// <c>conflict</c> is one flattened field of the index; it holds the JSON text of what was moved, by the path where it was.
/// <c>conflict_fields</c> lists the paths. Invariants: what is not moved stays as it is, to the digits of its numbers, and nothing is lost: the values at a path
/// that occurs several times, in the objects of an array, are moved together as an array. A part of a path that no field can be called
/// by (empty or blank) is written as <c>(empty)</c>. Fields called <c>conflict</c> or <c>conflict_fields</c> that the sender made are moved as well.
/// </summary>
internal static class MovedFields
{
    private const string Timestamp = "@timestamp";
    private const string EmptyName = "(empty)";

    // What the queue takes is not nested deeper.
    private const int AnyDepth = 1024;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = AnyDepth };
    private static readonly JsonWriterOptions WriterOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = AnyDepth, SkipValidation = true };

    /// <summary>Tells of a field whether it is to be moved; what is in it is not asked for then.</summary>
    /// <param name="path">Where it is, as in <c>user.name</c>.</param>
    /// <param name="name">The last part of that, dots of its own included.</param>
    /// <param name="kind">What its value is.</param>
    public delegate bool Choice(string path, string name, JsonValueKind kind);

    /// <param name="document">The document, as the transcoder writes it.</param>
    /// <param name="choice">Which fields; the event's time is never asked for.</param>
    /// <param name="output">Where to write the new document to; to be ignored when nothing was moved.</param>
    /// <returns>What was moved; empty when there was nothing to move.</returns>
    public static IReadOnlyList<MovedField> Move(ReadOnlySpan<byte> document, Choice choice, System.Buffers.IBufferWriter<byte> output)
    {
        // 1. What earlier moves have left.
        var earlier = EarlierMoves.Read(document, ReaderOptions);
        var moves = new Moves(choice, earlier is null);

        // 2. All that stays.
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        var reader = new Utf8JsonReader(document, ReaderOptions);
        reader.Read();
        writer.WriteStartObject();
        moves.CopyMembers(document, ref reader, writer, "");

        // 3. All that was moved, now and before.
        if (moves.Chosen == 0)
            return [];
        var (texts, paths) = earlier ?? new EarlierMoves([], []);
        moves.AddTo(document, texts, paths);
        writer.WriteStartObject(IndexConventions.ConflictField);
        foreach (var (path, text) in texts)
            writer.WriteString(path, text);
        writer.WriteEndObject();
        writer.WriteStartArray(IndexConventions.ConflictListField);
        foreach (var path in paths)
            writer.WriteStringValue(path);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return moves.Fields;
    }

    /// <summary>Whether no field can be called so: a part between dots is empty or blank.</summary>
    public static bool IsInvalid(string name) => name.Split('.').Any(string.IsNullOrWhiteSpace);

    private static string KeyOf(string path) =>
        IsInvalid(path) ? string.Join('.', path.Split('.').Select(part => string.IsNullOrWhiteSpace(part) ? EmptyName : part)) : path;

    private sealed class Moves(Choice choice, bool ownNamesAreTaken)
    {
        private readonly List<(string Path, JsonValueKind Kind, Range Value)> _moved = [];

        /// <summary>How many were chosen, and not only moved because they have our names.</summary>
        public int Chosen { get; private set; }

        public IReadOnlyList<MovedField> Fields => [.. _moved.Select(moved => new MovedField(moved.Path, moved.Kind))];

        /// <summary>Copies the members of the object that the reader has begun, to its end, without those to move.</summary>
        public void CopyMembers(ReadOnlySpan<byte> document, ref Utf8JsonReader reader, Utf8JsonWriter writer, string prefix)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                var path = prefix.Length == 0 ? name : $"{prefix}.{name}";
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                var isOwn = prefix.Length == 0 && name is IndexConventions.ConflictField or IndexConventions.ConflictListField;
                if (isOwn && !ownNamesAreTaken)
                {
                    reader.Skip();
                    continue;
                }

                var isChosen = !(prefix.Length == 0 && name == Timestamp) && choice(path, name, KindOf(reader.TokenType));
                if (isChosen || isOwn)
                {
                    Chosen += isChosen ? 1 : 0;
                    var kind = KindOf(reader.TokenType);
                    reader.Skip();
                    _moved.Add((path, kind, start..(int)reader.BytesConsumed));
                    continue;
                }

                writer.WritePropertyName(name);
                CopyValue(document, ref reader, writer, path);
            }
        }

        public void AddTo(ReadOnlySpan<byte> document, List<KeyValuePair<string, byte[]>> texts, List<string> paths)
        {
            // What holds others stands before them, as in user and user.id, so that they can be put back from the end to the start.
            foreach (var values in _moved.GroupBy(moved => moved.Path, StringComparer.Ordinal).OrderBy(values => values.Key.Length))
            {
                var key = KeyOf(values.Key);
                while (texts.Exists(text => text.Key == key))
                    key += "~";
                texts.Add(new KeyValuePair<string, byte[]>(key, TextOf(document, [.. values.Select(value => value.Value)])));
                paths.Add(key);
            }
        }

        private void CopyValue(ReadOnlySpan<byte> document, ref Utf8JsonReader reader, Utf8JsonWriter writer, string path)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    writer.WriteStartObject();
                    CopyMembers(document, ref reader, writer, path);
                    writer.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    writer.WriteStartArray();
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                        CopyValue(document, ref reader, writer, path);
                    writer.WriteEndArray();
                    break;
                default:
                    writer.WriteRawValue(document[(int)reader.TokenStartIndex..(int)reader.BytesConsumed], skipInputValidation: true);
                    break;
            }
        }

        private static byte[] TextOf(ReadOnlySpan<byte> document, List<Range> values)
        {
            if (values.Count == 1)
                return document[values[0]].ToArray();
            var text = new List<byte>();
            foreach (var value in values)
            {
                text.Add(text.Count == 0 ? (byte)'[' : (byte)',');
                text.AddRange(document[value]);
            }

            text.Add((byte)']');
            return [.. text];
        }

        private static JsonValueKind KindOf(JsonTokenType token) => token switch
        {
            JsonTokenType.StartObject => JsonValueKind.Object,
            JsonTokenType.StartArray => JsonValueKind.Array,
            JsonTokenType.String => JsonValueKind.String,
            JsonTokenType.Number => JsonValueKind.Number,
            JsonTokenType.True or JsonTokenType.False => JsonValueKind.True,
            _ => JsonValueKind.Null,
        };
    }
}
