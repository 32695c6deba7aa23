using AuraLogs.Configuration;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Hosting.Settings;
using AuraLogs.Memory;
using AuraLogs.Queue;

namespace AuraLogs.Hosting.Start;

/// <summary>
/// Divides <see cref="AuraLogsOptions.MaxMemory"/> among the uses. What is configured is held to; what is not becomes as large as its
/// default, or smaller where there is less. What does not fit is told with what to change.
/// </summary>
internal static class MemoryPlan
{
    /// <summary>
    /// What the process needs beside what is planned here: the runtime, its code and its small objects, stacks, connections, TLS. Measured
    /// (docs/memory.md): 60 to 90 MB resident, of which a third are the program's files.
    /// </summary>
    public const long RuntimeBytes = 112L << 20;

    /// <summary>More is of no use: the defaults of all uses together.</summary>
    public const long MostByDefault = 512L << 20;

    /// <summary>The least that can be planned with.</summary>
    public const long Least = 80L << 20;

    private const int MiB = 1 << 20;

    /// <summary>Two entries that are read, and a window with room for the largest event twice.</summary>
    private const long ReadingBytes = 20 * MiB;

    /// <summary>The largest document: an event of nearly 4 MiB, each byte of which takes six as JSON.</summary>
    private const long LargestDocument = 24 * MiB;

    /// <summary>What unpacking one message takes at most: a window for the largest event, and zstd's.</summary>
    private const long StoringOnce = 13 * MiB;

    /// <summary>Requests beside the bulks: lifecycle, the page, dead letters from the file.</summary>
    private const int OtherRequests = 8;

    /// <summary>The memory of the container, or of the machine, in bytes.</summary>
    /// <remarks>The collector's threshold for a high load is 90 % of it; its limit for its own heap (three quarters in a container) is not ours.</remarks>
    public static long MemoryOfMachine => GC.GetGCMemoryInfo().HighMemoryLoadThresholdBytes * 10 / 9;

    /// <summary>Fits the options to <see cref="AuraLogsOptions.MaxMemory"/>, which gets its value here when it has none.</summary>
    /// <param name="options">Valid each by itself.</param>
    /// <param name="isSet">Whether a setting, as in <c>AuraLogs:Forward:MaxReceiveBytes</c>, is configured.</param>
    /// <param name="machineBytes">The memory of the container or machine.</param>
    /// <param name="errors">Gets what does not fit.</param>
    public static MemorySizes Fit(AuraLogsOptions options, Func<string, bool> isSet, long machineBytes, ConfigurationErrors errors)
    {
        if (options.MaxMemory == 0)
            options.MaxMemory = Math.Clamp(machineBytes - RuntimeBytes, Least, MostByDefault);
        var layout = QueueLayout.For(options.Queue);
        var free = options.MaxMemory - ((long)layout.PageSize * layout.BufferPages) - ReadingBytes;

        // 1. Sending and answers.
        var (forward, indexing, elasticsearch) = (options.Forward, options.Indexing, options.Elasticsearch);
        if (!isSet("AuraLogs:Indexing:MaxInFlightBytes"))
            indexing.MaxInFlightBytes = Math.Clamp(free / 6, Math.Min(indexing.MaxInFlightBytes, 2L * indexing.MaxRequestBytes), indexing.MaxInFlightBytes);
        if (!isSet("AuraLogs:Elasticsearch:MaxResponseBytes"))
            elasticsearch.MaxResponseBytes = (int)Math.Clamp(free / 12, 64 << 10, elasticsearch.MaxResponseBytes);
        var overdraft = Math.Max(LargestDocument / 2, indexing.MaxInFlightBytes / 4);
        var answers = elasticsearch.MaxResponseBytes + (long)AnswerReader.UsualBytes * (Math.Min(indexing.MaxConcurrentRequests, 64) + OtherRequests);
        free -= indexing.MaxInFlightBytes + overdraft + answers;

        // 2. Storing.
        var storing = Math.Clamp(free / 4, StoringOnce, 4 * StoringOnce);
        free -= storing;

        // 3. Receiving gets what is left.
        if (!isSet("AuraLogs:Forward:MaxReceiveBytes"))
            forward.MaxReceiveBytes = Math.Clamp(free, Math.Min(forward.MaxReceiveBytes, 8 * MiB), forward.MaxReceiveBytes);
        if (!isSet("AuraLogs:Forward:MaxMessageBytes"))
            forward.MaxMessageBytes = (int)Math.Clamp(forward.MaxReceiveBytes / 2, 64 << 10, forward.MaxMessageBytes);
        var sizes = new MemorySizes(
            (long)layout.PageSize * layout.BufferPages, forward.MaxReceiveBytes, storing, ReadingBytes, indexing.MaxInFlightBytes, overdraft, answers);
        Check(options, sizes, machineBytes, errors);
        return sizes;
    }

    private static void Check(AuraLogsOptions options, MemorySizes sizes, long machineBytes, ConfigurationErrors errors)
    {
        var forward = options.Forward;
        errors.Require(
            forward.MaxReceiveBytes / 2 >= forward.MaxMessageBytes,
            "AuraLogs:Forward:MaxMessageBytes",
            $"({forward.MaxMessageBytes}) must be at most half of AuraLogs:Forward:MaxReceiveBytes, which is {forward.MaxReceiveBytes}"
            + " with the memory that there is; lower it, or raise AuraLogs:MaxMemory and the container's memory");
        errors.Require(
            sizes.Total <= options.MaxMemory,
            "AuraLogs:MaxMemory",
            $"is {options.MaxMemory}, and what is configured needs {sizes.Total}: "
            + $"AuraLogs:Forward:MaxReceiveBytes {sizes.Receiving}, unpacking {sizes.Storing}, the queue's pages {sizes.Pages} and reading {sizes.Reading}, "
            + $"AuraLogs:Indexing:MaxInFlightBytes {sizes.Sending} and a reserve of {sizes.Overdraft}, AuraLogs:Elasticsearch:MaxResponseBytes and usual answers {sizes.Answers}. "
            + $"Lower one of them, or raise AuraLogs:MaxMemory to {sizes.Total} and the container's memory to {sizes.Total + RuntimeBytes}");
        errors.Require(
            options.MaxMemory + RuntimeBytes <= machineBytes,
            "AuraLogs:MaxMemory",
            $"is {options.MaxMemory}, and the runtime needs {RuntimeBytes} beside it, but this container or machine has {machineBytes}."
            + $" Raise its memory to {options.MaxMemory + RuntimeBytes}, or lower AuraLogs:MaxMemory (at least {Least})");
    }
}
