namespace AuraLogs.Queue.Disk;

/// <summary>
/// What a disk refuses, .NET throws as <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>, with two exceptions: EFBIG (a limit on the size
/// of files, of the file system or of <c>ulimit -f</c>) is an <see cref="ArgumentOutOfRangeException"/>, and ECANCELED (some network file systems)
/// an <see cref="OperationCanceledException"/>.
/// </summary>
internal static class DiskError
{
    // Linux's and macOS' EROFS, which .NET gives as HResult, and Windows' ERROR_WRITE_PROTECT.
    private static readonly int[] ReadOnly = [30, unchecked((int)0x80070013)];

    /// <summary>Whether the file system is read-only.</summary>
    public static bool IsReadOnly(IOException e) => ReadOnly.Contains(e.HResult);

    /// <summary>Whether it is one of the two that an unmasked operation throws (<see cref="Unmask"/>), as those of <see cref="IQueueDisk"/> are.</summary>
    public static bool IsRefusal(Exception e) => e is IOException or UnauthorizedAccessException;

    /// <summary>Whether the disk has caused it. Only for operations that nobody cancels.</summary>
    public static bool Is(Exception e) => IsRefusal(e) || IsDisguised(e);

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

    /// <inheritdoc cref="Unmask{T}"/>
    public static void Unmask(Action operation) => Unmask(() =>
    {
        operation();
        return true;
    });

    public static bool IsDisguised(Exception e) => e is ArgumentOutOfRangeException or OperationCanceledException;

    public static IOException Unmasked(Exception e) =>
        new(e is OperationCanceledException ? "The operation was cancelled by the file system" : "The file would be larger than the system allows (EFBIG)", e);
}
