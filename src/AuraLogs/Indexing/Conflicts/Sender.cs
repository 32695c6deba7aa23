using System.Text;
using System.Text.Json;

namespace AuraLogs.Indexing.Conflicts;

/// <summary>Who a document is of, for people: its pod as <c>namespace/pod</c>, or its tag.</summary>
internal static class Sender
{
    public static string Of(ReadOnlySpan<byte> document, byte[] tag)
    {
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = 1024 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKubernetes = reader.ValueTextEquals("kubernetes"u8);
            reader.Read();
            if (isKubernetes && reader.TokenType == JsonTokenType.StartObject && Pod(ref reader) is { } pod)
                return pod;
            reader.Skip();
        }

        return Encoding.UTF8.GetString(tag);
    }

    private static string? Pod(ref Utf8JsonReader reader)
    {
        string? space = null, name = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSpace = reader.ValueTextEquals("namespace_name"u8);
            var isName = reader.ValueTextEquals("pod_name"u8);
            reader.Read();
            if (reader.TokenType == JsonTokenType.String && isSpace)
                space = reader.GetString();
            if (reader.TokenType == JsonTokenType.String && isName)
                name = reader.GetString();
            reader.Skip();
        }

        return name is null ? null : $"{space}/{name}";
    }
}
