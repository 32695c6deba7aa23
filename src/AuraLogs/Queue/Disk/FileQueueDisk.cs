namespace AuraLogs.Queue.Disk;

/// <summary>A real directory. Files are opened for synced writing, or for reading alone.</summary>
internal sealed class FileQueueDisk : IQueueDisk
{
    private readonly string _root;
    private readonly bool _readOnly;

    public FileQueueDisk(string root, bool readOnly = false)
    {
        _root = Path.GetFullPath(root);
        _readOnly = readOnly;
    }

    public long AvailableBytes => new DriveInfo(_root).AvailableFreeSpace;

    public IReadOnlyList<DiskFile> List(string directory)
    {
        var path = new DirectoryInfo(Path.Combine(_root, directory));
        return path.Exists ? [.. path.EnumerateFiles().Select(file => new DiskFile(file.Name, file.Length))] : [];
    }

    public bool Exists(string name) => File.Exists(FullPath(name));

    public IQueueFile Open(string name) => new FileQueueFile(_readOnly
        ? File.OpenHandle(FullPath(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
        : File.OpenHandle(FullPath(name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.WriteThrough));

    public IQueueFile Create(string name)
    {
        var path = FullPath(name);
        var directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory);
            DirectorySync.Flush(Path.GetDirectoryName(directory)!);
        }

        var handle = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.WriteThrough);
        DirectorySync.Flush(directory);
        return new FileQueueFile(handle);
    }

    public void Delete(string name) => File.Delete(FullPath(name));

    public void Move(string from, string to)
    {
        var target = FullPath(to);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(FullPath(from), target, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(target)!);
    }

    public void Dispose()
    {
    }

    private string FullPath(string name) => Path.Combine(_root, name);
}
