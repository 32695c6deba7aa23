using AuraLogs.Telemetry;

namespace AuraLogs.Operations.Health;

/// <summary>Has the problems that last said again in the log.</summary>
internal sealed class ProblemReminder(Problems problems, Loops loops, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loops.RunAgainAsync(
        "problem reminder", stopping => Loops.EveryAsync(Period, time, problems.Remind, stopping), stoppingToken);
}
