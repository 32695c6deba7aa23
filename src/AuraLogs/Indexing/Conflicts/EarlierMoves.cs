using System.Text;
using System.Text.Json;
using AuraLogs.Elasticsearch;

namespace AuraLogs.Indexing.Conflicts;

/// <summary>What <see cref="MovedFields"/> has moved before, read from the document itself.</summary>
/// <param name="Texts">The JSON texts by path.</param>
/// <param name="Paths">The paths.</param>
internal sealed record EarlierMoves(List<KeyValuePair<string, byte[]>> Texts, List<string> Paths)
{
    /// <returns>Null when the two fields are not there, or are the sender's: they are ours when one lists exactly what is in the other.</returns>
    public static EarlierMoves? Read(ReadOnlySpan<byte> document, JsonReaderOptions options)
    {
        List<KeyValuePair<string, byte[]>>? texts = null;
        List<string>? paths = null;
        var reader = new Utf8JsonReader(document, options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(IndexConventions.ConflictField))
            {
                reader.Read();
                texts = ReadTexts(ref reader);
            }
            else if (reader.ValueTextEquals(IndexConventions.ConflictListField))
            {
                reader.Read();
                paths = ReadPaths(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return texts is not null && paths is not null && texts.Select(text => text.Key).SequenceEqual(paths) ? new EarlierMoves(texts, paths) : null;
    }

    private static List<KeyValuePair<string, byte[]>>? ReadTexts(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        List<KeyValuePair<string, byte[]>>? texts = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var path = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
                texts?.Add(new KeyValuePair<string, byte[]>(path, Encoding.UTF8.GetBytes(reader.GetString()!)));
            else
                texts = null;
            reader.Skip();
        }

        return texts;
    }

    private static List<string>? ReadPaths(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        List<string>? paths = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
                paths?.Add(reader.GetString()!);
            else
                paths = null;
            reader.Skip();
        }

        return paths;
    }
}
