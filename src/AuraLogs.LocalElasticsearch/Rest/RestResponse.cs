using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>An answer: JSON, which filters and pretty printing still apply to, or text.</summary>
internal sealed class RestResponse
{
    public int Status { get; init; } = 200;

    public JsonNode? Json { get; init; }

    /// <summary>JSON as it goes out, where building nodes first would cost too much; instead of <see cref="Json"/>.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary><c>filter_path</c> has been applied already.</summary>
    public bool IsFiltered { get; init; }

    public string? Text { get; init; }

    public string? Location { get; init; }

    public string? Allow { get; init; }

    /// <summary>The root's answer is indented even when nobody asks.</summary>
    public bool IsPretty { get; init; }

    public static RestResponse Acknowledged => new() { Json = new JsonObject { ["acknowledged"] = true } };

    public static implicit operator RestResponse(JsonNode json) => new() { Json = json };
}
