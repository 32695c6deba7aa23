namespace AuraLogs.Queue.Disk;

/// <summary>The file <c>lock</c>: held by the one process that may write to the directory. It goes with the process.</summary>
internal sealed class DirectoryLock : IDisposable
{
    public const string Name = "lock";

    // EWOULDBLOCK of flock(2) on Linux and on macOS, and ERROR_SHARING_VIOLATION.
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    /// <exception cref="QueueDirectoryException">Another process holds it, or the directory can't be written to.</exception>
    public DirectoryLock(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            _file = new FileStream(Path.Combine(directory, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (HeldByAnother.Contains(e.HResult))
        {
            throw new QueueDirectoryException(
                $"The queue's directory {directory} is in use by another process. Two can't share one: "
                + "stop the other, or name another directory with AuraLogs:Queue:Path.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QueueDirectoryException($"The queue's directory {directory} can't be used: {e.Message}", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
