using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Indexing.Conflicts;

/// <summary>
/// The fields that an index has, asked for only where it has no room for more: those of a document that are not among them are moved.
/// The last answer serves for a few seconds, since an index that is full gets no new fields.
/// </summary>
internal sealed class MappedFields(ElasticsearchClient client, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private volatile Answer? _last;

    /// <returns>The paths, each with whether everything below it belongs to it (a flattened field, for example); null when they can't be read.</returns>
    public async Task<IReadOnlyDictionary<string, bool>?> ReadAsync(string index, CancellationToken cancellationToken)
    {
        if (_last is { } last && last.Index == index && time.GetElapsedTime(last.At) < Fresh)
            return last.Fields;
        try
        {
            using var response = await client.SendAsync(
                HttpMethod.Get, $"/{Uri.EscapeDataString(index)}/_mapping?filter_path=*.mappings.properties", (HttpContent?)null, cancellationToken);
            if (!response.IsSuccess)
                return null;
            var fields = new Dictionary<string, bool>(StringComparer.Ordinal);
            foreach (var (_, found) in PeerJson.ParseNode(response.Body.Span) as JsonObject ?? [])
                Add(found.At("mappings"), "", fields);
            _last = new Answer(index, time.GetTimestamp(), fields);
            return fields;
        }
        catch (Exception e) when (e is ElasticsearchUnavailableException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a field is there, itself or as a part of one that takes all that is below it.</summary>
    public static bool Has(IReadOnlyDictionary<string, bool> fields, string path)
    {
        if (fields.ContainsKey(path))
            return true;
        for (var dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
        {
            if (fields.TryGetValue(path[..dot], out var takesAll))
                return takesAll;
        }

        return false;
    }

    private static void Add(JsonNode? mapping, string prefix, Dictionary<string, bool> fields)
    {
        foreach (var (name, field) in mapping.At("properties") as JsonObject ?? [])
        {
            var path = prefix + name;
            var isDisabled = (field.At("enabled").Flag() ?? true) == false || field.At("enabled").Text() == "false";
            fields[path] = (field.At("type").Text() ?? "object") is not ("object" or "nested") || isDisabled;
            Add(field, path + ".", fields);
        }
    }

    private sealed record Answer(string Index, long At, IReadOnlyDictionary<string, bool> Fields);
}
