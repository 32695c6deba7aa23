using System.Text.Json;

namespace AuraLogs.Elasticsearch;

/// <summary>What Elasticsearch says when it refuses a request: <c>{"error":{"type","reason",...},"status"}</c>.</summary>
/// <param name="Type">As in <c>cluster_block_exception</c>; empty when the answer was not Elasticsearch's (a proxy's page).</param>
/// <param name="Reason">The sentence for people. It may quote log contents, so it does not belong into our own log.</param>
internal readonly record struct ElasticsearchError(string Type, string Reason)
{
    public static ElasticsearchError Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            var answer = PeerJson.Parse(body);
            return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("error", out var error)
                ? Parse(error)
                : new ElasticsearchError("", "");
        }
        catch (JsonException)
        {
            return new ElasticsearchError("", "");
        }
    }

    /// <summary>The value of <c>error</c>, which <see cref="PeerJson"/> has made readable: an object, or for 405 and 406 a string.</summary>
    public static ElasticsearchError Parse(JsonElement error) => error.ValueKind switch
    {
        JsonValueKind.Object => new ElasticsearchError(Text(error, "type"), Text(error, "reason")),
        JsonValueKind.String => new ElasticsearchError("", error.GetString()!),
        _ => new ElasticsearchError("", ""),
    };

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
