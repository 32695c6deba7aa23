using System.IO.Compression;

namespace AuraLogs.Unpacking;

/// <summary>
/// gzip, with the runtime's zlib. <see cref="GZipStream"/> says nothing when its input is cut off or goes on with something
/// else, so a small member of our own is put behind the input: only if everything before it was whole does it come out.
/// </summary>
internal sealed class GzipUnpacker(ReadOnlyMemory<byte> compressed) : Unpacker
{
    /// <summary>zlib: a window of 32 KiB and its state, and the 8 KiB that the runtime reads ahead.</summary>
    public new const int LibraryBytes = 64 << 10;

    private static readonly byte[] EndMark = [0xc1, 0x45, 0x6e, 0x64, 0x4d, 0x61, 0x72, 0x6b, 0x8f, 0x1d, 0xb3, 0x72, 0xe6, 0x09, 0x5a, 0xc1];
    private static readonly byte[] EndMember = Pack(EndMark);

    private readonly GZipStream _stream = new(new Input(compressed), CompressionMode.Decompress);
    private readonly byte[] _held = new byte[EndMark.Length];
    private int _heldBytes;

    /// <inheritdoc/>
    /// <remarks>The last bytes so far are held back until it is known that they are not the end mark.</remarks>
    public override int Read(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MinDestinationBytes);
        _held.AsSpan(0, _heldBytes).CopyTo(destination);
        int filled = _heldBytes;
        while (filled <= EndMark.Length)
        {
            int read = _stream.Read(destination[filled..]);
            if (read == 0)
                return End(destination[..filled]);
            filled += read;
        }

        int given = filled - EndMark.Length;
        destination[given..filled].CopyTo(_held);
        _heldBytes = EndMark.Length;
        return given;
    }

    public override void Dispose() => _stream.Dispose();

    private int End(ReadOnlySpan<byte> last)
    {
        if (!last.SequenceEqual(EndMark))
            throw new InvalidDataException("The gzip data is cut off, or followed by something else.");
        last.CopyTo(_held);
        _heldBytes = last.Length;
        return 0;
    }

    private static byte[] Pack(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.NoCompression))
            gzip.Write(content);
        return packed.ToArray();
    }

    /// <summary>The compressed bytes, then the end member.</summary>
    private sealed class Input(ReadOnlyMemory<byte> compressed) : Stream
    {
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var rest = _position < compressed.Length ? compressed.Span[_position..] : EndMember.AsSpan(_position - compressed.Length);
            int read = Math.Min(rest.Length, buffer.Length);
            rest[..read].CopyTo(buffer);
            _position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
