using System.IO.Enumeration;

namespace AuraLogs.Queue.Disk;

/// <summary>A real directory. Files are opened for synced writing, or for reading alone.</summary>
internal sealed class FileQueueDisk : IQueueDisk
{
    private readonly string _root;
    private readonly DirectoryLock? _lock;

    private FileQueueDisk(string root, DirectoryLock? directoryLock) => (_root, _lock) = (root, directoryLock);

    /// <summary>Opens it for this process alone, and creates it when it is missing.</summary>
    /// <exception cref="QueueDirectoryException">It is in use, or can't be written to.</exception>
    public static FileQueueDisk OpenDirectory(string directory)
    {
        var root = Path.GetFullPath(directory);
        return new FileQueueDisk(root, new DirectoryLock(root));
    }

    /// <summary>Opens it for reading, also beside a process that uses it.</summary>
    /// <exception cref="QueueDirectoryException">There is no such directory.</exception>
    public static FileQueueDisk OpenDirectoryReadOnly(string directory)
    {
        var root = Path.GetFullPath(directory);
        return Directory.Exists(root)
            ? new FileQueueDisk(root, directoryLock: null)
            : throw new QueueDirectoryException($"There is no directory {root}.");
    }

    public long AvailableBytes
    {
        get
        {
            _lock?.ThrowIfReplaced();
            return new DriveInfo(_root).AvailableFreeSpace;
        }
    }

    public IReadOnlyList<DiskFile> List(string directory)
    {
        _lock?.ThrowIfReplaced();
        var files = new List<DiskFile>();
        try
        {
            var names = new FileSystemEnumerable<string>(FullPath(directory), (ref entry) => entry.FileName.ToString())
            {
                ShouldIncludePredicate = (ref entry) => !entry.IsDirectory,
            };
            foreach (var name in DiskError.Unmask(names.ToList))
            {
                // The enumeration would give a file that can't be looked at no length, and throw nothing.
                if (TryGetLength(Path.Combine(directory, name)) is { } length)
                    files.Add(new DiskFile(name, length));
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was put there yet.
        }

        return files;
    }

    public bool Exists(string name)
    {
        _lock?.ThrowIfReplaced();
        return TryGetLength(name) is not null;
    }

    public IQueueFile Open(string name)
    {
        _lock?.ThrowIfReplaced();
        return new FileQueueFile(DiskError.Unmask(() =>
            File.OpenHandle(FullPath(name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.WriteThrough)));
    }

    public IQueueFile OpenToRead(string name)
    {
        _lock?.ThrowIfReplaced();
        return new FileQueueFile(DiskError.Unmask(() =>
            File.OpenHandle(FullPath(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)));
    }

    public IQueueFile Create(string name)
    {
        _lock?.ThrowIfReplaced();
        var path = FullPath(name);
        var directory = CreateDirectoryOf(path);
        var handle = DiskError.Unmask(() => File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.WriteThrough));
        DirectorySync.Flush(directory);
        return new FileQueueFile(handle);
    }

    public void Move(string name, string newName)
    {
        _lock?.ThrowIfReplaced();
        var (path, newPath) = (FullPath(name), FullPath(newName));
        var directory = CreateDirectoryOf(newPath);
        DiskError.Unmask(() => File.Move(path, newPath, overwrite: true)); // rename(2); without it .NET makes a second link first
        DirectorySync.Flush(directory);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }

    public void Delete(string name)
    {
        _lock?.ThrowIfReplaced();
        var path = FullPath(name);
        try
        {
            DiskError.Unmask(() => File.Delete(path));
        }
        catch (DirectoryNotFoundException)
        {
            return; // nothing was put there yet
        }

        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }

    public void Dispose() => _lock?.Dispose();

    /// <summary>Null when there is no such file: it may be deleted at any moment, and beside a running service that is normal.</summary>
    /// <exception cref="IOException">It can't be known whether there is one.</exception>
    private long? TryGetLength(string name)
    {
        try
        {
            return DiskError.Unmask(() => new FileInfo(FullPath(name)).Length);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static string CreateDirectoryOf(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
        {
            DiskError.Unmask(() => { Directory.CreateDirectory(directory); });
            DirectorySync.Flush(Path.GetDirectoryName(directory)!);
        }

        return directory;
    }

    private string FullPath(string name) => Path.Combine(_root, name);
}
