using System.Text;
using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>Answers in YAML, for people who ask for <c>Accept: application/yaml</c>: JSON's values in YAML's block style.</summary>
internal static class Yaml
{
    public static string Write(JsonNode? node)
    {
        StringBuilder text = new("---\n");
        Write(text, node, "");
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, string indent)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } members:
                foreach ((string name, JsonNode? value) in members)
                {
                    text.Append(indent).Append(name).Append(':');
                    WriteValue(text, value, indent + "  ");
                }

                return;
            case JsonArray { Count: > 0 } items:
                foreach (JsonNode? item in items)
                {
                    text.Append(indent).Append('-');
                    WriteValue(text, item, indent + "  ");
                }

                return;
            default:
                text.Append(indent).Append(Json.ToText(node)).Append('\n');
                return;
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, string indent)
    {
        if (value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
        {
            text.Append('\n');
            Write(text, value, indent);
        }
        else
        {
            text.Append(' ').Append(Json.ToText(value)).Append('\n');
        }
    }
}
