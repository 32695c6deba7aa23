using System.Diagnostics.Metrics;
using AuraLogs.Operations.Status;
using AuraLogs.Telemetry;

namespace AuraLogs.Operations.Metrics;

/// <summary>The problems that last, and when the queue will be full: what is worked out here and not in a stage.</summary>
internal sealed class HealthMetrics
{
    public const string UntilFullSecondsName = "auralogs_queue_until_full_seconds";

    public HealthMetrics(AuraLogsMeter meter, Problems problems, StatusSampler sampler)
    {
        meter.CreateObservableGauge(
            "auralogs_problems",
            () => problems.Current.Select(problem => new Measurement<int>(1, new KeyValuePair<string, object?>("code", problem.Code))),
            "{problem}",
            "1 for each problem that lasts, by its code.");
        meter.CreateObservableGauge(
            "auralogs_ready",
            () => problems.Current.Any(problem => problem.StopsIntake) ? 0 : 1,
            description: "1 while logs can be taken, as /readyz says.");
        meter.CreateObservableGauge(
            UntilFullSecondsName,
            () => sampler.SecondsUntilFull,
            "s",
            "Time until the queue is full if it goes on growing as in the last minute; +Inf while it does not grow.");
    }
}
