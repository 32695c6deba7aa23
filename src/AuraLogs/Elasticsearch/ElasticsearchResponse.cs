using System.Buffers;
using System.Text.Json;

namespace AuraLogs.Elasticsearch;

/// <summary>A whole answer. It owns a pooled buffer: <see cref="Body"/> is valid until <see cref="Dispose"/>.</summary>
internal sealed class ElasticsearchResponse(int status, Uri node, byte[] buffer, int length) : IDisposable
{
    private byte[]? _buffer = buffer;

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The node that answered.</summary>
    public Uri Node { get; } = node;

    public bool IsSuccess => Status is >= 200 and <= 299;

    public ReadOnlyMemory<byte> Body => new(_buffer ?? throw new ObjectDisposedException(nameof(ElasticsearchResponse)), 0, length);

    /// <summary>The error of an answer that is not a success; its texts are empty when the body has none.</summary>
    public ElasticsearchError Error => ElasticsearchError.Parse(Body.Span);

    /// <summary>The body as JSON, independent of this answer's buffer.</summary>
    /// <exception cref="JsonException">The body is no JSON: something in between has answered.</exception>
    public JsonElement ReadJson() => PeerJson.Parse(Body.Span);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { Length: > 0 } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
