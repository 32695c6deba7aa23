using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AuraLogs.Queue.Disk;

/// <summary>
/// What makes a file itself whatever its path: the device and the inode (statx(2), whose result has the same layout on every
/// architecture). .NET does not tell them, hence the C library.
/// </summary>
internal readonly partial record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Inode)
{
    private const int WorkingDirectory = -100;
    private const int NoFlags = 0;
    private const int EmptyPath = 0x1000;
    private const uint InodeWanted = 0x100;
    private const int NoEntry = 2;
    private const int NotADirectory = 20;

    /// <returns>Null when there is no such file.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public static FileIdentity? Of(string path)
    {
        if (StatX(WorkingDirectory, path, NoFlags, InodeWanted, out var result) == 0)
            return From(result);
        return Marshal.GetLastPInvokeError() is NoEntry or NotADirectory
            ? null
            : throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <returns>Null where the system can't tell: other systems than Linux, and old sandboxes that don't know the call.</returns>
    public static FileIdentity? Of(SafeFileHandle handle) =>
        OperatingSystem.IsLinux() && StatX((int)handle.DangerousGetHandle(), "", EmptyPath, InodeWanted, out var result) == 0 ? From(result) : null;

    private static FileIdentity From(in Result result) => new(result.DeviceMajor, result.DeviceMinor, result.Inode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(int directory, string path, int flags, uint mask, out Result result);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Result
    {
        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
