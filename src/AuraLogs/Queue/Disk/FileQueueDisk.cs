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

    public long AvailableBytes => new DriveInfo(_root).AvailableFreeSpace;

    public IReadOnlyList<DiskFile> List(string directory)
    {
        var path = FullPath(directory);
        if (!Directory.Exists(path))
            return [];

        // Not by FileInfo, which throws when a file is deleted meanwhile: beside a running service that is normal.
        return
        [
            .. new FileSystemEnumerable<DiskFile>(path, (ref entry) => new DiskFile(entry.FileName.ToString(), entry.Length))
            {
                ShouldIncludePredicate = (ref entry) => !entry.IsDirectory,
            },
        ];
    }

    public bool Exists(string name) => File.Exists(FullPath(name));

    public IQueueFile Open(string name) => new FileQueueFile(_lock is null
        ? File.OpenHandle(FullPath(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
        : File.OpenHandle(FullPath(name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.WriteThrough));

    public IQueueFile Create(string name)
    {
        var path = FullPath(name);
        var directory = CreateDirectoryOf(path);
        var handle = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.WriteThrough);
        DirectorySync.Flush(directory);
        return new FileQueueFile(handle);
    }

    public void Move(string name, string newName)
    {
        var (path, newPath) = (FullPath(name), FullPath(newName));
        var directory = CreateDirectoryOf(newPath);
        File.Move(path, newPath, overwrite: true); // rename(2); without it .NET makes a second link first
        DirectorySync.Flush(directory);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }

    public void Delete(string name)
    {
        var path = FullPath(name);
        File.Delete(path);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }

    public void Dispose() => _lock?.Dispose();

    private static string CreateDirectoryOf(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory);
            DirectorySync.Flush(Path.GetDirectoryName(directory)!);
        }

        return directory;
    }

    private string FullPath(string name) => Path.Combine(_root, name);
}
