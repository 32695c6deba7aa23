using System.Diagnostics.Metrics;
using AuraLogs.Operations.Tracing;
using AuraLogs.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace AuraLogs.Operations.Metrics;

/// <summary>
/// Collects every instrument of the meter through the OpenTelemetry SDK, when asked; also sends them by OTLP when the
/// environment names an endpoint. Counts only what is recorded after it was created, so it is created before the stages start.
/// </summary>
internal sealed class MetricCollector : IDisposable
{
    private readonly Lock _collecting = new();
    private readonly SnapshotExporter _exporter = new();
    private readonly MeterProvider _provider;

    public MetricCollector(AuraLogsMeter meter)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(TelemetryResource.Describe)
            .AddMeter(meter.Name)
            .AddView(instrument => Select(instrument, meter))
            .AddReader(new BaseExportingMetricReader(_exporter));
        if (OtlpEndpoint.IsConfigured)
            builder.AddOtlpExporter();
        _provider = builder.Build();
    }

    /// <summary>The value of every metric at this moment, by name.</summary>
    public MetricSnapshot Collect()
    {
        lock (_collecting)
        {
            if (_exporter.Collect?.Invoke(Timeout.Infinite) != true)
                throw new InvalidOperationException("The metrics could not be collected.");
            return _exporter.Latest;
        }
    }

    public void Dispose() => _provider.Dispose();

    // The SDK chooses meters by name; two hosts in one process (tests) each have a meter of that name, and want only their own.
    private static MetricStreamConfiguration? Select(Instrument instrument, AuraLogsMeter meter) =>
        ReferenceEquals(instrument.Meter, meter) ? null : MetricStreamConfiguration.Drop;
}
