using AuraLogs.Configuration;

namespace AuraLogs.Queue;

/// <summary>The disk queue: <c>AuraLogs:Queue</c>.</summary>
internal sealed class QueueOptions
{
    /// <summary>
    /// The directory that holds the queue and nothing else. Relative paths count from the working directory.
    /// Default: <c>data/queue</c>. Created when missing; used by one process at a time.
    /// </summary>
    public string Path { get; set; } = "data/queue";

    /// <summary>
    /// The most that everything under <see cref="Path"/> may ever take, in bytes, whatever happens. Default: 10 GiB.
    /// </summary>
    public long MaxBytes { get; set; } = 10L << 30;

    internal void Validate(ConfigurationErrors errors)
    {
        errors.Require(Path.Length > 0, "AuraLogs:Queue:Path", "must name a directory");
        errors.Require(MaxBytes > 0, "AuraLogs:Queue:MaxBytes", "must be positive");
    }
}
