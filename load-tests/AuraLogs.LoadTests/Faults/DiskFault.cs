namespace AuraLogs.LoadTests.Faults;

/// <summary>What a process does to its files, as <c>diskfaults.c</c> sees it; each a bit of its number.</summary>
[Flags]
internal enum DiskOperations
{
    Open = 1 << 0,
    Create = 1 << 1,
    Read = 1 << 2,

    /// <summary>Also what makes it durable, where a file is opened with <c>O_SYNC</c>.</summary>
    Write = 1 << 3,

    /// <summary><c>fsync</c>, of a directory too.</summary>
    Sync = 1 << 4,
    Truncate = 1 << 5,
    Allocate = 1 << 6,
    Rename = 1 << 7,
    Unlink = 1 << 8,

    /// <summary>Opening a directory to list it, and each entry read from it.</summary>
    List = 1 << 9,
    MakeDirectory = 1 << 10,

    /// <summary>Whatever changes the disk.</summary>
    Changes = Create | Write | Sync | Truncate | Allocate | Rename | Unlink | MakeDirectory,

    All = Changes | Open | Read | List,
}

/// <summary>How an operation goes wrong; the numbers of <c>enum kind</c> in <c>diskfaults.c</c>.</summary>
internal enum DiskFaultKind
{
    /// <summary>Nothing is done, and an error is returned.</summary>
    Fail = 1,

    /// <summary>Half of a write is done, and an error is returned.</summary>
    Torn = 2,

    /// <summary>Half of a read or write is done, and so reported, as POSIX allows at any time.</summary>
    Short = 3,

    /// <summary>It takes longer.</summary>
    Delay = 4,

    /// <summary>It returns when the fault is over.</summary>
    Hang = 5,
}

/// <summary>Linux' numbers; errno(3).</summary>
internal enum Errno
{
    None = 0,
    EIO = 5,
    EBADF = 9,
    EACCES = 13,
    EMFILE = 24,
    EFBIG = 27,
    ENOSPC = 28,
    EROFS = 30,
    EDQUOT = 122,
    ECANCELED = 125,
}

/// <summary>One way in which a disk fails for as long as it is set.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Operations">To which operations.</param>
/// <param name="Error">The error that is returned.</param>
internal sealed record DiskFault(DiskFaultKind Kind, DiskOperations Operations, Errno Error = Errno.None)
{
    /// <summary>How many of these operations go wrong: 1, the default, is all of them.</summary>
    public double Share { get; init; } = 1;

    /// <summary>How many in all; by default without an end.</summary>
    public long Most { get; init; } = long.MaxValue / 2;

    /// <summary>How much longer it takes (<see cref="DiskFaultKind.Delay"/>).</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Occurs in the path of the files concerned, as in <c>/segments/</c>; empty: all.</summary>
    public string Path { get; init; } = "";

    public override string ToString() =>
        $"{Kind} {Operations} {(Error == Errno.None ? "" : Error)} {Path}{(Share < 1 ? $" {Share:p0}" : "")}".Trim().Replace("  ", " ", StringComparison.Ordinal);
}
