using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>A request's body, unpacked, in a pooled buffer that it owns.</summary>
internal sealed class RequestBody : IDisposable
{
    private byte[] _buffer;
    private readonly RequestMemory _memory;
    private int _length;

    private RequestBody(RequestMemory memory, int capacity)
    {
        _memory = memory;
        _buffer = Rent(capacity);
    }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads to the end; null when it is longer than the limit, which counts the unpacked bytes.</summary>
    /// <exception cref="InvalidDataException">It is not what its <c>Content-Encoding</c> says.</exception>
    public static async Task<RequestBody?> ReadAsync(HttpRequest request, int limit, RequestMemory memory, CancellationToken cancel)
    {
        if (request.ContentLength > limit)
            return null;
        string encoding = request.Headers.ContentEncoding.ToString();
        await using Stream? unpacked = encoding switch
        {
            "gzip" => new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
            "deflate" => new ZLibStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
            _ => null,
        };
        RequestBody body = new(memory, (int)Math.Clamp(request.ContentLength ?? 0, 4096, 1 << 24));
        try
        {
            bool isWhole = await body.FillAsync(unpacked ?? request.Body, limit, cancel);
            if (isWhole)
                return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }

        body.Dispose();
        return null;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            Return(_buffer);
        _buffer = [];
    }

    private byte[] Rent(int capacity)
    {
        // The pool hands out powers of two.
        _memory.Take((long)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity));
        return ArrayPool<byte>.Shared.Rent(capacity);
    }

    private void Return(byte[] buffer)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        _memory.GiveBack(buffer.Length);
    }

    private async Task<bool> FillAsync(Stream from, int limit, CancellationToken cancel)
    {
        while (await from.ReadAsync(_buffer.AsMemory(_length), cancel) is > 0 and int read)
        {
            _length += read;
            if (_length > limit)
                return false;
            if (_length < _buffer.Length)
                continue;
            byte[] larger = Rent(_buffer.Length * 2);
            Bytes.CopyTo(larger);
            Return(_buffer);
            _buffer = larger;
        }

        return true;
    }
}
