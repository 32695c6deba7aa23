using System.Runtime.InteropServices;

namespace AuraLogs.Memory;

/// <summary>
/// Memory straight from the system, in whole pages: what is given back is gone from the process at once, no garbage collector and no
/// heap of a C library keeps it, and growing moves page tables instead of bytes.
/// Sources: mmap(2), munmap(2) and mremap(2) of Linux.
/// </summary>
internal static unsafe partial class NativePages
{
    private const int ReadWrite = 1 | 2; // PROT_READ | PROT_WRITE
    private const int PrivateAnonymous = 0x02 | 0x20; // MAP_PRIVATE | MAP_ANONYMOUS
    private const int MayMove = 1; // MREMAP_MAYMOVE

    /// <summary>So many bytes, or null when the system has none.</summary>
    public static byte* TryMap(int bytes)
    {
        nint start = Map(0, (nuint)bytes, ReadWrite, PrivateAnonymous, -1, 0);
        return start == -1 ? null : (byte*)start;
    }

    /// <summary>The same bytes and more behind them, possibly at another address; or null, and they stay as they are.</summary>
    public static byte* TryGrow(byte* start, int bytes, int newBytes)
    {
        nint moved = Remap((nint)start, (nuint)bytes, (nuint)newBytes, MayMove);
        return moved == -1 ? null : (byte*)moved;
    }

    public static void Unmap(byte* start, int bytes)
    {
        if (Unmap((nint)start, (nuint)bytes) != 0)
            throw new InvalidOperationException($"The system does not take {bytes} bytes of memory back: error {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mremap")]
    private static partial nint Remap(nint oldAddress, nuint oldSize, nuint newSize, int flags);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
