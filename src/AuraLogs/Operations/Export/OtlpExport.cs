using System.Collections;
using AuraLogs.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace AuraLogs.Operations.Export;

/// <summary>
/// Sends metrics, traces and logs by OTLP when the variables of the OpenTelemetry specification ("OpenTelemetry Protocol Exporter") name an
/// endpoint: for all of them, or for one of them. The SDK reads those and all its other variables. Of the traces a tenth is sent;
/// <c>OTEL_TRACES_SAMPLER</c> and <c>OTEL_TRACES_SAMPLER_ARG</c> choose otherwise. Without an endpoint nothing is spent on it.
/// </summary>
internal static class OtlpExport
{
    private const double DefaultShare = 0.1;

    public static void AddOtlpExport(this IHostApplicationBuilder builder)
    {
        builder.Configuration.AddInMemoryCollection(Variables());
        var (metrics, traces, logs) = (IsSent(builder.Configuration, "METRICS"), IsSent(builder.Configuration, "TRACES"), IsSent(builder.Configuration, "LOGS"));
        if (!metrics && !traces && !logs)
            return;

        // The exporter is for all three; what is not to be sent never reaches it.
        if (!logs)
            builder.Logging.AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.None);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(TelemetryResource.Describe)
            .UseOtlpExporter()
            .WithMetrics(provider =>
            {
                if (metrics)
                    provider.AddMeter(AuraLogsMeter.MeterName);
            })
            .WithTracing(provider =>
            {
                if (traces)
                    provider.AddSource(AuraLogsTraces.SourceName);
                if (string.IsNullOrEmpty(builder.Configuration["OTEL_TRACES_SAMPLER"]))
                    provider.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(DefaultShare)));
            });
    }

    private static bool IsSent(IConfiguration variables, string signal) =>
        (!string.IsNullOrWhiteSpace(variables["OTEL_EXPORTER_OTLP_ENDPOINT"]) || !string.IsNullOrWhiteSpace(variables[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]))
        && variables[$"OTEL_{signal}_EXPORTER"] != "none";

    // The service's own configuration has no variables but its own; the SDK looks for its in the host's.
    private static IEnumerable<KeyValuePair<string, string?>> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => new KeyValuePair<string, string?>((string)variable.Key, (string?)variable.Value))
            .Where(variable => variable.Key.StartsWith("OTEL_", StringComparison.Ordinal));
}
