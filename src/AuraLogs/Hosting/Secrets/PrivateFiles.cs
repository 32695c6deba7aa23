using System.Runtime.InteropServices;

namespace AuraLogs.Hosting.Secrets;

/// <summary>
/// Files with logs in them are for the service's user alone: directories 0700, files 0600. New ones get that from the process's mask,
/// whoever makes them (SQLite does too); those of an earlier start are changed.
/// </summary>
internal static partial class PrivateFiles
{
    private const uint NobodyElse = 0b000_111_111;
    private const UnixFileMode Others = (UnixFileMode)NobodyElse;

    /// <summary>To be called before the process makes any file.</summary>
    public static void Mask()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetMask(NobodyElse);
    }

    /// <summary>Takes the rights of others from a directory and all in it; links are not followed.</summary>
    /// <param name="path">May be missing.</param>
    /// <returns>What could not be changed, as sentences.</returns>
    public static IReadOnlyList<string> Tighten(string path)
    {
        var directory = new DirectoryInfo(path);
        if (OperatingSystem.IsWindows() || !directory.Exists)
            return [];

        // A directory that every user may write, as /tmp, is not ours, whoever asks for it.
        if (directory.UnixFileMode.HasFlag(UnixFileMode.StickyBit))
            return [$"{path} is a directory that others use too: what is in it may be read by them"];
        var open = new List<string>();
        try
        {
            TightenAll(directory, open);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            open.Add($"{path} can't be looked through: {e.Message}");
        }

        return open.Count <= 1 ? open : [$"{open[0]} (and {open.Count - 1} more in {path})"];
    }

    // Not .NET's own recursion: it goes through links to directories.
    private static void TightenAll(DirectoryInfo directory, List<string> open)
    {
        Tighten(directory, open);
        foreach (var entry in directory.EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } below)
                TightenAll(below, open);
            else
                Tighten(entry, open);
        }
    }

    private static void Tighten(FileSystemInfo entry, List<string> open)
    {
        if (OperatingSystem.IsWindows() || entry.LinkTarget is not null || (entry.UnixFileMode & Others) == 0)
            return;
        try
        {
            entry.UnixFileMode &= ~Others;
        }
        catch (FileNotFoundException)
        {
            // It was removed in between.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            open.Add($"others than the service's user may read {entry.FullName}, and that can't be changed: {e.Message}");
        }
    }

    // https://man7.org/linux/man-pages/man2/umask.2.html
    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
