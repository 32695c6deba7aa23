namespace AuraLogs.LoadTests.Faults;

/// <summary>
/// A directory of the run's own that is mounted, so that it can be full, read-only or away: a small file system in memory, or (so
/// that its files outlast being unmounted) another directory.
/// </summary>
internal sealed class FaultyVolume : IDisposable
{
    private const string Filler = "filler";
    private readonly string _root = Directory.CreateTempSubdirectory("auralogs-volume-").FullName;
    private readonly string[] _mountArguments;

    private FaultyVolume(int? megabytes)
    {
        Path = Directory.CreateDirectory(System.IO.Path.Combine(_root, "volume")).FullName;
        var backing = Directory.CreateDirectory(System.IO.Path.Combine(_root, "backing")).FullName;
        _mountArguments = megabytes is { } size ? ["-t", "tmpfs", "-o", $"size={size}m", "auralogs-faults", Path] : ["--bind", backing, Path];
    }

    public string Path { get; }

    /// <param name="megabytes">The size of a file system in memory; null: as large as the disk, and its files stay when it is away.</param>
    /// <param name="reason">Why nothing can be mounted here.</param>
    public static FaultyVolume? TryCreate(int? megabytes, out string? reason)
    {
        var volume = new FaultyVolume(megabytes);
        reason = Programs.TryRun("mount", volume._mountArguments);
        if (reason is null)
            return volume;
        Directory.Delete(volume._root, recursive: true);
        return null;
    }

    /// <summary>Takes all the room that is left.</summary>
    /// <returns>How much that was, in bytes.</returns>
    public long Fill()
    {
        using var file = new FileStream(System.IO.Path.Combine(Path, Filler), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            return file.Length;
        }
    }

    /// <summary>Gives that room back.</summary>
    public void Empty() => File.Delete(System.IO.Path.Combine(Path, Filler));

    public void MakeReadOnly() => Programs.Run("mount", "-o", "remount,ro", Path);

    public void MakeWritable() => Programs.Run("mount", "-o", "remount,rw", Path);

    /// <summary>Takes the volume away by its path, as an unmount does that does not wait; what is open stays open.</summary>
    public void Detach() => Programs.Run("umount", "-l", Path);

    public void Attach() => Programs.Run("mount", _mountArguments);

    /// <summary>What lies below the mount point while nothing is mounted there.</summary>
    public IReadOnlyList<string> EntriesBelow() => Directory.GetFileSystemEntries(Path);

    public void Dispose()
    {
        while (Programs.TryRun("umount", "-l", Path) is null)
        {
        }

        Directory.Delete(_root, recursive: true);
    }
}
