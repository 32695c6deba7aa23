using AuraLogs.Configuration;

namespace AuraLogs.Queue;

/// <summary>The disk queue: <c>AuraLogs:Queue</c>.</summary>
internal sealed class QueueOptions
{
    /// <summary>A queue needs the segment that is written, one that is read, and the room between full and not full.</summary>
    private const long LeastBytes = 32 << 20;

    /// <summary>
    /// The directory that holds the queue and nothing else. Relative paths count from the working directory.
    /// Default: <c>data/queue</c>. Created when missing; used by one process at a time.
    /// </summary>
    public string Path { get; set; } = "data/queue";

    /// <summary>
    /// The most that everything under <see cref="Path"/> may ever take, in bytes, whatever happens: segments, state,
    /// damaged parts that were set aside (a thirty-second of it, 256 MiB at most), and files that are not the queue's.
    /// Default: 10 GiB. At least 32 MiB.
    /// </summary>
    public long MaxBytes { get; set; } = 10L << 30;

    internal void Validate(ConfigurationErrors errors)
    {
        errors.Require(Path.Length > 0, "AuraLogs:Queue:Path", "must name a directory");
        errors.Require(MaxBytes >= LeastBytes, "AuraLogs:Queue:MaxBytes", $"must be at least {LeastBytes}, so that a few segments fit");
    }
}
