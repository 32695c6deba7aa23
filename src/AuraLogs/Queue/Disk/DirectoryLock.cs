using System.Globalization;

namespace AuraLogs.Queue.Disk;

/// <summary>The file <c>lock</c>: held by the one process that may write to the directory, whose number it shows.</summary>
internal sealed class DirectoryLock : IDisposable
{
    public const string Name = "lock";

    private readonly FileStream _file;

    /// <exception cref="QueueDirectoryException">Another process holds it, or the directory can't be written to.</exception>
    public DirectoryLock(string directory)
    {
        var path = Path.Combine(directory, Name);
        try
        {
            Directory.CreateDirectory(directory);
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new QueueDirectoryException($"The queue's directory {directory} can't be written to: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new QueueDirectoryException(
                Holder(path) is { } holder
                    ? $"The queue's directory {directory} is in use by process {holder}. Two processes can't share one: stop that one, or name another directory with AuraLogs:Queue:Path."
                    : $"The queue's directory {directory} can't be used: {e.Message}",
                e);
        }

        _file.SetLength(0);
        _file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();

    private static string? Holder(string path)
    {
        try
        {
            using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return file.ReadToEnd() is { Length: > 0 } text ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
