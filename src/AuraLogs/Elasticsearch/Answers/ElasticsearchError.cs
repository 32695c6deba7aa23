using System.Text.Json;

namespace AuraLogs.Elasticsearch.Answers;

/// <summary>What Elasticsearch says when it refuses a request: <c>{"error":{"type","reason","caused_by":{...}},"status"}</c>.</summary>
/// <param name="Type">As in <c>cluster_block_exception</c>; empty when the answer was not Elasticsearch's (a proxy's page).</param>
/// <param name="Reason">The sentence for people. It may quote log contents, so it does not belong into our own log.</param>
/// <param name="Cause">The reason of the deepest <c>caused_by</c>, which often is the useful one; empty when there is none.</param>
internal readonly record struct ElasticsearchError(string Type, string Reason, string Cause = "")
{
    /// <summary>An index, or the whole cluster, takes no writes: a full disk, a read-only index. It comes as 403, 429 or 503.</summary>
    public const string ClusterBlock = "cluster_block_exception";

    public bool IsBlock => Type == ClusterBlock;

    /// <summary>The reason, and behind it the deepest cause when that says something more.</summary>
    public string Explanation => Cause.Length == 0 || Reason.Contains(Cause, StringComparison.Ordinal) ? Reason : $"{Reason}: {Cause}";

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
        JsonValueKind.Object => new ElasticsearchError(Text(error, "type"), Text(error, "reason"), DeepestCause(error)),
        JsonValueKind.String => new ElasticsearchError("", error.GetString()!),
        _ => new ElasticsearchError("", ""),
    };

    private static string DeepestCause(JsonElement error)
    {
        var cause = "";
        while (error.TryGetProperty("caused_by", out error) && error.ValueKind == JsonValueKind.Object)
        {
            if (Text(error, "reason") is { Length: > 0 } reason)
                cause = reason;
        }

        return cause;
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
