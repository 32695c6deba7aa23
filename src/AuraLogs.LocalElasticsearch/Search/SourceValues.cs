using System.Text.Json;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>Values in a document by their path: through objects, arrays, and names with dots in them.</summary>
internal static class SourceValues
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = Json.MaxDepth };

    public static List<string> Texts(byte[] source, string path)
    {
        using JsonDocument document = JsonDocument.Parse(source, Options);
        List<string> texts = [];
        Visit(document.RootElement, path, leaf => texts.Add(Text(leaf)));
        return texts;
    }

    /// <summary>Calls back for each scalar at a path.</summary>
    public static void Visit(JsonElement element, string path, Action<JsonElement> visit)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                    Visit(item, path, visit);
                return;
            case JsonValueKind.Object when path.Length > 0:
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    if (member.NameEquals(path))
                        Visit(member.Value, "", visit);
                    else if (path.Length > member.Name.Length && path[member.Name.Length] == '.' && path.StartsWith(member.Name, StringComparison.Ordinal))
                        Visit(member.Value, path[(member.Name.Length + 1)..], visit);
                }

                return;
            case JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.Object:
                return;
            default:
                if (path.Length == 0)
                    visit(element);
                return;
        }
    }

    public static string Text(JsonElement leaf)
    {
        if (leaf.ValueKind != JsonValueKind.String)
            return leaf.GetRawText();
        try
        {
            return leaf.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return JsonText.Unescape(Json.Utf8(leaf.GetRawText()[1..^1]));
        }
    }
}
