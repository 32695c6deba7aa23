namespace AuraLogs.Queue.Disk;

/// <summary>
/// What a disk refuses, .NET throws as <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>, with two exceptions: EFBIG (a limit on the size
/// of files, of the file system or of <c>ulimit -f</c>) is an <see cref="ArgumentOutOfRangeException"/>, and ECANCELED (some network file systems)
/// an <see cref="OperationCanceledException"/>.
/// </summary>
internal static class DiskError
{
    /// <summary>Whether the disk has caused it. Only for operations that nobody cancels.</summary>
    public static bool Is(Exception e) => e is IOException or UnauthorizedAccessException || IsDisguised(e);

    /// <summary>Does it with the disk's refusals as what they are.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static T Unmask<T>(Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception e) when (IsDisguised(e))
        {
            throw Unmasked(e);
        }
    }

    public static bool IsDisguised(Exception e) => e is ArgumentOutOfRangeException or OperationCanceledException;

    public static IOException Unmasked(Exception e) =>
        new(e is OperationCanceledException ? "The operation was cancelled by the file system" : "The file would be larger than the system allows (EFBIG)", e);
}
