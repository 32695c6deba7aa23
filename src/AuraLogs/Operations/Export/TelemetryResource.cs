using OpenTelemetry.Resources;

namespace AuraLogs.Operations.Export;

/// <summary>Who sends metrics, traces and logs by OTLP; <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c> override it.</summary>
internal static class TelemetryResource
{
    public static void Describe(ResourceBuilder resource) => resource
        .Clear()
        .AddService("auralogs", serviceVersion: BuildVersion.Value, serviceInstanceId: Environment.MachineName)
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();
}
