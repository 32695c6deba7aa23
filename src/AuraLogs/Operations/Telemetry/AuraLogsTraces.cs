using System.Diagnostics;

namespace AuraLogs.Operations.Telemetry;

/// <summary>The one source of traces: a bulk request with its batch, and the calls of the lifecycle.</summary>
internal static class AuraLogsTraces
{
    public const string SourceName = "AuraLogs";

    /// <summary>Gives out activities only while somebody listens, which is when OTLP is configured.</summary>
    public static ActivitySource Source { get; } = new(SourceName);
}
