using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Indexing.DeadLetters;

/// <summary>The dead letters in the file, read beside a running service: <see cref="DeadLetterFile"/> has the format.</summary>
/// <param name="directory"><see cref="IndexingOptions.DeadLetterPath"/>.</param>
internal sealed class LocalDeadLetters(string directory)
{
    public string Path { get; } = System.IO.Path.Combine(directory, DeadLetterFile.Name);

    /// <summary>All that are whole, the oldest first; none where there is no file.</summary>
    /// <exception cref="IOException">The file is there and can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is there and may not be read.</exception>
    public IEnumerable<DeadLetter> Read()
    {
        if (!File.Exists(Path))
            yield break;
        using var reader = new StreamReader(new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (reader.ReadLine() is { } action && reader.ReadLine() is { } letter)
        {
            if (Parse(action, letter) is { } read)
                yield return read;
        }
    }

    private DeadLetter? Parse(string action, string letter)
    {
        try
        {
            var id = JsonNode.Parse(action).At("create").At("_id").Text() ?? "";
            return DeadLetter.FromHit(new JsonObject { ["_index"] = Path, ["_id"] = id, ["_source"] = JsonNode.Parse(letter) });
        }
        catch (JsonException)
        {
            // The end of a write that is under way, or damage; the service cuts it off.
            return null;
        }
    }
}
