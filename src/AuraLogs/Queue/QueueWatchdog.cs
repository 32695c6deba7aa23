using AuraLogs.Telemetry;

namespace AuraLogs.Queue;

/// <summary>
/// Looks whether the queue moves. A commit that does not come, or an append that waits although there is room, is a disk that hangs or a mistake of ours;
/// neither throws anything. First it is a problem, which fails <c>/healthz</c> so that the container is restarted; after
/// <see cref="EndsAfter"/> the process ends by itself. Nothing of that was acknowledged, so nothing is lost.
/// </summary>
internal sealed class QueueWatchdog(LogQueue queue, Problems problems, Loops loops, TimeProvider time, Action<string> end) : BackgroundService
{
    public const string Problem = "queue-stuck";

    /// <summary>When it becomes a problem. A synced write on a network volume may take seconds.</summary>
    public static readonly TimeSpan ProblemAfter = TimeSpan.FromSeconds(30);

    /// <summary>When the process ends, where nobody restarts it for the failed health.</summary>
    public static readonly TimeSpan EndsAfter = TimeSpan.FromMinutes(3);

    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private long _committed = -1;
    private long _since;

    /// <summary>Looks once.</summary>
    internal void Look()
    {
        var committed = queue.CommittedAddress;
        if (!queue.IsAwaited || committed != _committed)
        {
            (_committed, _since) = (committed, time.GetTimestamp());
            problems.Clear(Problem);
            return;
        }

        var stuck = time.GetElapsedTime(_since);
        if (stuck < ProblemAfter)
            return;
        var sentence = $"For {stuck.TotalSeconds:0} s nothing has been committed to the queue, although something waits for it: its disk hangs. "
            + $"Nothing is acknowledged; after {EndsAfter.TotalSeconds:0} s the process ends.";
        problems.Raise(Problem, sentence, stopsIntake: true, needsRestart: true);
        if (stuck >= EndsAfter)
            end(sentence);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loops.RunAsync(
        "queue watchdog", stopping => Loops.EveryAsync(Period, time, Look, stopping), stoppingToken);
}
