using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Elasticsearch;

/// <summary>The control plane's requests: JSON in, JSON out, and an exception for an answer that is not what was hoped for.</summary>
/// <remarks>
/// All methods throw <see cref="ElasticsearchUnavailableException"/> when no whole answer came and
/// <see cref="ClusterRefusedException"/> when the answer was a refusal.
/// </remarks>
internal sealed class ClusterApi(ElasticsearchClient client)
{
    /// <returns>Null for 404.</returns>
    public async Task<JsonObject?> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(HttpMethod.Get, path, (JsonNode?)null, cancellationToken);
        return response.Status == 404 ? null : Read<JsonObject>(response);
    }

    /// <returns>The objects of an answer that is a list, as <c>_cat</c> gives; none for 404.</returns>
    public async Task<IReadOnlyList<JsonObject>> GetListAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(HttpMethod.Get, path, (JsonNode?)null, cancellationToken);
        return response.Status == 404 ? [] : [.. Read<JsonArray>(response).OfType<JsonObject>()];
    }

    public async Task<JsonObject> PutAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(HttpMethod.Put, path, body, cancellationToken);
        return Read<JsonObject>(response);
    }

    public async Task<JsonObject> PostAsync(string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(HttpMethod.Post, path, body, cancellationToken);
        return Read<JsonObject>(response);
    }

    /// <returns>False for 404: there was nothing to delete.</returns>
    public async Task<bool> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(HttpMethod.Delete, path, (JsonNode?)null, cancellationToken);
        if (response.Status == 404)
            return false;
        Read<JsonObject>(response);
        return true;
    }

    /// <summary>The cluster's version, from its root.</summary>
    /// <returns>Null when this user may not read it, as one that may write to indices and nothing else.</returns>
    public async Task<Version?> ReadVersionAsync(CancellationToken cancellationToken)
    {
        JsonObject? root;
        try
        {
            root = await GetAsync("/", cancellationToken);
        }
        catch (ClusterRefusedException e) when (e.Status is 401 or 403 && !e.IsBlock)
        {
            return null;
        }

        var number = root.At("version").At("number").Text() ?? "";
        return Version.TryParse(number.Split('-')[0], out var version)
            ? client.ClusterVersion = version
            : throw new ClusterRefusedException(200, "", "what answers there does not say its version: it is not Elasticsearch");
    }

    private static T Read<T>(ElasticsearchResponse response)
        where T : JsonNode
    {
        JsonNode? answer;
        try
        {
            answer = PeerJson.ParseNode(response.Body.Span);
        }
        catch (JsonException)
        {
            answer = null;
        }

        if (!response.IsSuccess)
            throw Refusal(response.Status, (answer as JsonObject)?["error"]);
        return answer as T ?? throw new ClusterRefusedException(response.Status, "", "the answer is not Elasticsearch's: something in between answers");
    }

    private static ClusterRefusedException Refusal(int status, JsonNode? error)
    {
        if (error is not JsonObject details)
            return new ClusterRefusedException(status, "", error?.ToString() ?? "no reason was given");
        List<string> reasons = [];
        for (var cause = details; cause is not null; cause = cause["caused_by"] as JsonObject)
        {
            if (cause.At("reason").Text() is { Length: > 0 } reason && !reasons.Contains(reason))
                reasons.Add(reason);
        }

        return new ClusterRefusedException(status, details.At("type").Text() ?? "", string.Join(": ", reasons));
    }
}
