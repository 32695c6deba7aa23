namespace AuraLogs.Unpacking;

/// <summary>
/// Unpacks the compressed events of a chunk piece by piece, so that nobody has to hold all of them. Several gzip members or
/// zstd frames one after the other are one stream.
/// </summary>
internal abstract class Unpacker : IDisposable
{
    /// <summary>The least room that <see cref="Read"/> needs.</summary>
    public const int MinDestinationBytes = 64;

    /// <summary>The memory that a library needs to unpack, in bytes, at most.</summary>
    public static int LibraryBytes(Compression compression) => compression == Compression.Zstd ? ZstdUnpacker.LibraryBytes : GzipUnpacker.LibraryBytes;

    /// <param name="compressed">It must stay as it is until the unpacker is disposed.</param>
    /// <param name="compression">Not <see cref="Compression.None"/>.</param>
    /// <exception cref="UnpackerMissingException">The system has no library for it.</exception>
    public static Unpacker Open(ReadOnlyMemory<byte> compressed, Compression compression) => compression switch
    {
        Compression.Gzip => new GzipUnpacker(compressed),
        Compression.Zstd => new ZstdUnpacker(compressed),
        _ => throw new ArgumentOutOfRangeException(nameof(compression), compression, "Not compressed."),
    };

    /// <summary>Writes the next bytes.</summary>
    /// <param name="destination">At least <see cref="MinDestinationBytes"/> long; it need not be filled before the end.</param>
    /// <returns>How many; 0 only at the end.</returns>
    /// <exception cref="InvalidDataException">The data is damaged, cut off, or followed by something else.</exception>
    public abstract int Read(Span<byte> destination);

    public abstract void Dispose();
}
