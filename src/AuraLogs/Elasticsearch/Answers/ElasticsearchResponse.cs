using System.Text.Json;

namespace AuraLogs.Elasticsearch.Answers;

/// <summary>A whole answer. It owns its memory: <see cref="Body"/> is valid until <see cref="Dispose"/>.</summary>
internal sealed class ElasticsearchResponse(int status, Uri node, Answer answer) : IDisposable
{
    private Answer? _answer = answer;

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The node that answered.</summary>
    public Uri Node { get; } = node;

    public bool IsSuccess => Status is >= 200 and <= 299;

    public ReadOnlyMemory<byte> Body =>
        _answer is { } whole ? whole.Buffer.Memory[..whole.Length] : throw new ObjectDisposedException(nameof(ElasticsearchResponse));

    /// <summary>The error of an answer that is not a success; its texts are empty when the body has none.</summary>
    public ElasticsearchError Error => ElasticsearchError.Parse(Body.Span);

    /// <summary>The body as JSON, independent of this answer's buffer.</summary>
    /// <exception cref="JsonException">The body is no JSON: something in between has answered.</exception>
    public JsonElement ReadJson() => PeerJson.Parse(Body.Span);

    public void Dispose() => Interlocked.Exchange(ref _answer, null)?.Dispose();
}
