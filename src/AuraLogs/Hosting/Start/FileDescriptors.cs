using System.Runtime.InteropServices;
using AuraLogs.Configuration;
using AuraLogs.Forward.Listening;
using AuraLogs.Hosting.Settings;
using AuraLogs.Operations;

namespace AuraLogs.Hosting.Start;

/// <summary>
/// What the process may open. Senders must not use it up: the queue, the way to Elasticsearch and the operations port need theirs, and the runtime
/// ends itself when it can't open a file at the wrong moment.
/// </summary>
internal static partial class FileDescriptors
{
    /// <summary>The runtime itself, log output, listeners, the queue's directory, lock, state and segments; connections that are being closed.</summary>
    public const int OwnReserve = 96 + ForwardConnections.SocketsOnTheirWay + OperationsConnections.OnTheirWay;

    /// <summary>The least number of senders' connections that is worth a start.</summary>
    public const int LeastConnections = 16;

    private const int RlimitNoFile = 7;

    /// <summary>Raises the process's limit as far as the system allows, and says what it is then.</summary>
    public static long RaiseLimit()
    {
        if (!OperatingSystem.IsLinux() || GetLimit(RlimitNoFile, out var limit) != 0)
            return long.MaxValue;
        if (limit.Soft < limit.Hard)
        {
            var raised = limit with { Soft = limit.Hard };
            if (SetLimit(RlimitNoFile, raised) == 0)
                limit = raised;
        }

        return limit.Soft > long.MaxValue ? long.MaxValue : (long)limit.Soft;
    }

    /// <summary>Lowers <c>AuraLogs:Forward:MaxConnections</c> to what the limit has room for.</summary>
    /// <param name="options">Valid each by itself.</param>
    /// <param name="limit">What the process may open.</param>
    /// <param name="errors">Gets a limit that is too low for anything.</param>
    /// <returns>What to tell the operator; null when nothing was lowered.</returns>
    public static string? Bound(AuraLogsOptions options, long limit, ConfigurationErrors errors)
    {
        // A request to a node may have an old connection beside the new one; eight more are for lifecycle, the page and dead letters.
        var reserve = OwnReserve + options.Operations.MaxConnections + (2L * options.Indexing.MaxConcurrentRequests) + 8;
        var room = limit - reserve;
        if (room >= options.Forward.MaxConnections)
            return null;
        if (room < LeastConnections)
        {
            errors.Add(
                "AuraLogs:Forward:MaxConnections",
                $"has no room: the process may open {limit} files and connections and needs {reserve} itself. Raise the limit (ulimit -n, LimitNOFILE) to {reserve + options.Forward.MaxConnections}");
            return null;
        }

        var wanted = options.Forward.MaxConnections;
        options.Forward.MaxConnections = (int)room;
        options.Forward.MaxConnectionsPerAddress = Math.Min(options.Forward.MaxConnectionsPerAddress, options.Forward.MaxConnections);
        return $"AuraLogs:Forward:MaxConnections is {room} instead of {wanted}: the process may open {limit} files and connections, and {reserve} of them are"
            + $" kept for the queue, Elasticsearch and the operations port. Raise the limit (ulimit -n, LimitNOFILE) to {reserve + wanted}";
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in Limit limit);

    /// <summary>struct rlimit, with the 64-bit rlim_t of Linux.</summary>
    private record struct Limit(ulong Soft, ulong Hard);
}
