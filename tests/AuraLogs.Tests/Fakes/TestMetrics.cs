using AuraLogs.Operations.Metrics;
using AuraLogs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Tests.Fakes;

/// <summary>A registry of the metrics for those who don't look at its log lines.</summary>
internal static class TestMetrics
{
    public static MetricRegistry Of(AuraLogsMeter meter) => new(meter, NullLogger<MetricRegistry>.Instance);
}
