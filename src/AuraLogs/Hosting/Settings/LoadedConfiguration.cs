namespace AuraLogs.Hosting.Settings;

/// <param name="Source">All of the configuration, for what .NET reads itself (log levels).</param>
/// <param name="Options">Our part of it, valid.</param>
internal sealed record LoadedConfiguration(IConfiguration Source, AuraLogsOptions Options)
{
    /// <summary>Whether a setting, as in <c>AuraLogs:Queue:Path</c>, is configured.</summary>
    public bool IsSet(string key) => !string.IsNullOrEmpty(Source[key]);
}
