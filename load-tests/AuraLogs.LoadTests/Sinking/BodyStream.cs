using System.Globalization;
using System.Text;

namespace AuraLogs.LoadTests.Sinking;

/// <summary>One request's body, with its length known or chunked (https://www.rfc-editor.org/rfc/rfc9112#section-7.1).</summary>
internal sealed class BodyStream(ConnectionInput input, HttpRequest request) : Stream
{
    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();
    private long _left = request.Chunked ? 0 : request.ContentLength;
    private bool _ended = !request.Chunked && request.ContentLength == 0;
    private bool _started;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_ended && _left == 0)
            await NextChunkAsync(cancellationToken);
        if (_ended)
            return 0;

        var count = await input.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        _left -= count;
        _ended = _left == 0 && !request.Chunked;
        return count;
    }

    private async Task NextChunkAsync(CancellationToken cancellationToken)
    {
        if (_started)
            await input.ReadUntilAsync(LineEnd, cancellationToken);
        _started = true;
        var size = await input.ReadUntilAsync(LineEnd, cancellationToken) ?? throw new IOException("The connection ended within a body.");
        _left = long.Parse(Encoding.ASCII.GetString(size).Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if (_left > 0)
            return;
        await input.ReadUntilAsync(LineEnd, cancellationToken);
        _ended = true;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
