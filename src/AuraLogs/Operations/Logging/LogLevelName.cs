namespace AuraLogs.Operations.Logging;

/// <summary>The short names that log pipelines know.</summary>
internal static class LogLevelName
{
    public static string Of(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
