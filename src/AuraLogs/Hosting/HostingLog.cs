namespace AuraLogs.Hosting;

/// <summary>The log lines of the start.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Lowered}.")]
    public static partial void Lowered(this ILogger logger, string lowered);
}
