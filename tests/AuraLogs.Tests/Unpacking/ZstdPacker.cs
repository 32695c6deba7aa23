using System.Runtime.InteropServices;

namespace AuraLogs.Tests.Unpacking;

/// <summary>Packs with the system's libzstd, which the product only unpacks with.</summary>
internal static partial class ZstdPacker
{
    private const string Library = "libzstd.so.1";

    public static byte[] Pack(ReadOnlySpan<byte> content, int level = 3)
    {
        byte[] packed = new byte[CompressBound((nuint)content.Length)];
        nuint size = Compress(packed, (nuint)packed.Length, content, (nuint)content.Length, level);
        return packed[..(int)size];
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_compressBound")]
    private static partial nuint CompressBound(nuint size);

    [LibraryImport(Library, EntryPoint = "ZSTD_compress")]
    private static partial nuint Compress(Span<byte> destination, nuint capacity, ReadOnlySpan<byte> source, nuint size, int level);
}
