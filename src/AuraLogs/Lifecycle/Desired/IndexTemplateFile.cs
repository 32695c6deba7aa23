using System.Text.Json;
using System.Text.Json.Nodes;

namespace AuraLogs.Lifecycle.Desired;

/// <summary>An operator's own index template: a JSON object with <c>settings</c>, <c>mappings</c> or both, and nothing else.</summary>
internal static class IndexTemplateFile
{
    /// <exception cref="InvalidDataException">The file is not such a template; the message says what is wrong.</exception>
    public static (JsonObject Settings, JsonObject Mappings) Read(string path)
    {
        try
        {
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            var template = JsonNode.Parse(File.ReadAllBytes(path), documentOptions: options) as JsonObject
                ?? throw new InvalidDataException("it is not a JSON object");
            if (template.FirstOrDefault(part => part.Key is not ("settings" or "mappings")) is { Key: { } key })
                throw new InvalidDataException($"'{key}' is neither settings nor mappings");
            return (Flat(Part(template, "settings")), Part(template, "mappings"));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static JsonObject Part(JsonObject template, string name) => template[name] switch
    {
        null => [],
        JsonObject part => part.DeepClone().AsObject(),
        _ => throw new InvalidDataException($"'{name}' is not an object"),
    };

    /// <summary>Settings with dotted names that start with <c>index.</c>, however they were written, so that ours replace them.</summary>
    private static JsonObject Flat(JsonObject settings)
    {
        var flat = new JsonObject();
        Add("", settings);
        return flat;

        void Add(string path, JsonObject json)
        {
            foreach (var (key, value) in json)
            {
                var name = path.Length == 0 && key != "index" && !key.StartsWith("index.", StringComparison.Ordinal) ? $"index.{key}" : path + key;
                if (value is JsonObject nested)
                    Add($"{name}.", nested);
                else
                    flat[name] = value?.DeepClone();
            }
        }
    }
}
