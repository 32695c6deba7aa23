using System.IO.Compression;
using System.Net;

namespace AuraLogs.Indexing.Sending;

/// <summary>A body that is compressed while it is sent; it can be sent more than once.</summary>
internal sealed class GzipContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;

    public GzipContent(ReadOnlyMemory<byte> body)
    {
        _body = body;
        Headers.ContentEncoding.Add("gzip");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
        await gzip.WriteAsync(_body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
