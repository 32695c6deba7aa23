namespace AuraLogs.Queue.Disk;

/// <summary>
/// The file <c>lock</c>: held by the one process that may write to the directory. It goes with the process. It also tells whether the
/// directory's path still leads to this directory: below a volume that is unmounted lies another one, in which nothing survives the mount.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    public const string Name = "lock";

    // EWOULDBLOCK of flock(2) on Linux and on macOS, and ERROR_SHARING_VIOLATION.
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;
    private readonly string _directory;
    private readonly FileIdentity? _identity;

    /// <exception cref="QueueDirectoryException">Another process holds it, or the directory can't be used: on a read-only volume it must have the file already.</exception>
    public DirectoryLock(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            _directory = directory;
            _file = Open(Path.Combine(directory, Name));
            _identity = FileIdentity.Of(_file.SafeFileHandle);
        }
        catch (IOException e) when (HeldByAnother.Contains(e.HResult))
        {
            throw new QueueDirectoryException(
                $"The queue's directory {directory} is in use by another process. Two can't share one: "
                + "stop the other, or name another directory with AuraLogs:Queue:Path.",
                e);
        }
        catch (Exception e) when (DiskError.IsRefusal(e))
        {
            throw new QueueDirectoryException($"The queue's directory {directory} can't be used: {e.Message}", e);
        }
    }

    /// <exception cref="IOException">Another directory, or none, is where the locked one was: nothing may be read, created or renamed there.</exception>
    public void ThrowIfReplaced()
    {
        if (_identity is not null && FileIdentity.Of(Path.Combine(_directory, Name)) != _identity)
            throw new IOException($"{_directory} is not the directory any more that was opened: its volume was unmounted, or it was moved or replaced");
    }

    public void Dispose() => _file.Dispose();

    /// <summary>On a read-only volume the file of the run before is locked by a handle that only reads; flock(2) does not mind.</summary>
    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (DiskError.IsReadOnly(e) && File.Exists(path))
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
        }
    }
}
