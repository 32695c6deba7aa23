namespace AuraLogs.Operations.Tracing;

/// <summary>
/// Whether metrics, traces and logs are sent by OTLP: when one of the variables of the OpenTelemetry specification
/// ("OpenTelemetry Protocol Exporter", endpoint) names where. The exporter itself reads that and all the other variables.
/// </summary>
internal static class OtlpEndpoint
{
    public static bool IsConfigured => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"));
}
