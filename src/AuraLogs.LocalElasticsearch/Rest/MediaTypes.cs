using Microsoft.AspNetCore.Http;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>Which bodies are taken and how answers are labelled.</summary>
internal static class MediaTypes
{
    private const string Json = "application/json";
    private const string NdJson = "application/x-ndjson";
    private const string Versioned = "application/vnd.elasticsearch+";

    /// <exception cref="ElasticsearchException">406: the body is in no format that is known.</exception>
    public static void Check(HttpRequest request, bool hasBody, ElasticsearchVersion version)
    {
        if (!hasBody)
            return;
        string header = request.ContentType ?? "";
        string type = header.Split(';')[0].Trim().ToLowerInvariant();
        bool isVersioned = version.HasVersionedMediaTypes && type is Versioned + "json" or Versioned + "x-ndjson";
        if (type is Json or NdJson || isVersioned)
            return;
        throw new ElasticsearchException(406, "", $"Content-Type header [{header}] is not supported") { IsPlain = true };
    }

    /// <summary>The label of a JSON answer.</summary>
    public static string Of(string accepted, ElasticsearchVersion version)
    {
        if (version.HasVersionedMediaTypes && accepted.StartsWith(Versioned + "json", StringComparison.Ordinal))
            return $"{Versioned}json;compatible-with={version.Major}";
        return version.HasTypes ? Json + "; charset=UTF-8" : Json;
    }
}
