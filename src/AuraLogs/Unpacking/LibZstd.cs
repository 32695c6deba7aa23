using System.Runtime.InteropServices;

namespace AuraLogs.Unpacking;

/// <summary>
/// The system's libzstd (Debian: package <c>libzstd1</c>), the part that unpacks a stream.
/// Source: <see href="https://facebook.github.io/zstd/zstd_manual.html"/>; what is used is stable since version 1.4.0.
/// </summary>
internal static partial class LibZstd
{
    /// <summary>ZSTD_d_windowLogMax of ZSTD_dParameter.</summary>
    public const int WindowLogMax = 100;

    private const string Library = "libzstd.so.1";

    public static bool IsInstalled()
    {
        if (!NativeLibrary.TryLoad(Library, typeof(LibZstd).Assembly, null, out nint handle))
            return false;
        NativeLibrary.Free(handle);
        return true;
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
    public static partial nint CreateContext();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_DCtx_setParameter")]
    public static partial nuint SetParameter(nint context, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    public static partial nuint DecompressStream(nint context, ref OutBuffer output, ref InBuffer input);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    public static partial uint IsError(nuint code);

    /// <summary>ZSTD_inBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct InBuffer
    {
        public nint Source;
        public nuint Size;
        public nuint Position;
    }

    /// <summary>ZSTD_outBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct OutBuffer
    {
        public nint Destination;
        public nuint Size;
        public nuint Position;
    }
}
