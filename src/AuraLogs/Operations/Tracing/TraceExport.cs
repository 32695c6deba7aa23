using AuraLogs.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace AuraLogs.Operations.Tracing;

/// <summary>
/// Sends a tenth of the traces by OTLP when the environment names an endpoint; <c>OTEL_TRACES_SAMPLER</c> and
/// <c>OTEL_TRACES_SAMPLER_ARG</c> choose otherwise. Without an endpoint nothing is traced and nothing is spent on it.
/// </summary>
internal sealed class TraceExport : IHostedService, IDisposable
{
    private const double DefaultShare = 0.1;
    private TracerProvider? _provider;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!OtlpEndpoint.IsConfigured)
            return Task.CompletedTask;
        var builder = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(TelemetryResource.Describe)
            .AddSource(AuraLogsTraces.SourceName)
            .AddOtlpExporter();
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_TRACES_SAMPLER")))
            builder.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(DefaultShare)));
        _provider = builder.Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _provider?.Dispose();
        _provider = null;
    }
}
