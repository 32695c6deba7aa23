using System.Runtime.InteropServices;

namespace AuraLogs.Queue.Disk;

/// <summary>
/// Syncs a directory, so that the names of new files survive a power failure (fsync(2): syncing a file says nothing about
/// the entry that names it). .NET can't open a directory, hence the C library. Nothing to do on Windows.
/// </summary>
internal static partial class DirectorySync
{
    private const int ReadOnly = 0;

    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
            throw Error("open", directory);
        try
        {
            if (Fsync(descriptor) != 0)
                throw Error("sync", directory);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Error(string action, string directory) =>
        new($"Can't {action} the directory {directory}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
