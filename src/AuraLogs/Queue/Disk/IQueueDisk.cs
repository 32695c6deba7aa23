namespace AuraLogs.Queue.Disk;

/// <summary>
/// The directory of a queue, as much of a file system as the queue needs. Names are relative, with <c>/</c>.
/// Two implementations: the real directory, and the simulated one of the tests, which fails on purpose.
/// Everything throws <see cref="IOException"/> when the disk does.
/// </summary>
internal interface IQueueDisk : IDisposable
{
    /// <summary>The files of a subdirectory, in no order; empty when it does not exist.</summary>
    IReadOnlyList<DiskFile> List(string directory);

    /// <exception cref="IOException">It can't be known: a disk that fails is never an empty one.</exception>
    bool Exists(string name);

    /// <summary>Opens a file that exists, for reading and writing.</summary>
    IQueueFile Open(string name);

    /// <summary>Opens a file that exists, for reading alone: possible on a volume that is read-only.</summary>
    IQueueFile OpenToRead(string name);

    /// <summary>Creates an empty file, and replaces one of that name. Its name is on disk when this returns.</summary>
    IQueueFile Create(string name);

    /// <summary>Deletes a file, if there is one. It is gone from the disk when this returns.</summary>
    void Delete(string name);

    /// <summary>Gives a file another name, and replaces one of that name. It has that one when this returns, and at no moment both or none.</summary>
    void Move(string name, string newName);

    /// <summary>What the file system has left for this process, in bytes.</summary>
    long AvailableBytes { get; }
}
