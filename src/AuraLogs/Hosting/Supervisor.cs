using System.Diagnostics;
using AuraLogs.Telemetry;

namespace AuraLogs.Hosting;

/// <summary>
/// Ends the process when a part of it has failed, and when its stop takes too long. At once, and not by an orderly stop: a failed loop's
/// state can't be trusted, nothing was acknowledged that is not on disk, and the next start finds everything as a crash leaves it, which is tested
/// more than any other way to end.
/// </summary>
/// <param name="loops">What runs in the background.</param>
/// <param name="lifetime">Says when the service begins to stop.</param>
/// <param name="stopLimit">How long the stop may take.</param>
/// <param name="logs">Flushed before the end.</param>
/// <param name="end">Ends the process with an exit code.</param>
/// <param name="logger">Told of the reason.</param>
internal sealed partial class Supervisor(
    Loops loops, IHostApplicationLifetime lifetime, TimeSpan stopLimit, IEnumerable<ILoggerProvider> logs, Action<int> end, ILogger<Supervisor> logger) : IDisposable
{
    private static readonly TimeSpan TellLimit = TimeSpan.FromSeconds(2);

    private readonly ManualResetEventSlim _stopped = new();

    /// <summary>Watches from now on to the end of the process.</summary>
    public void Watch()
    {
        _ = EndWithFailedLoopAsync();

        // A timer of its own, not the service's clock or pool: what hangs may be just that.
        lifetime.ApplicationStopping.Register(() => new Thread(EndLateStop) { IsBackground = true, Name = "stop limit" }.Start());
    }

    /// <summary>The service has stopped in time.</summary>
    public void Dispose() => _stopped.Set();

    private async Task EndWithFailedLoopAsync()
    {
        var failure = await loops.Failed;
        LogFailed(failure.Exception, failure.Loop);
        End($"AuraLogs ends: its {failure.Loop} failed: {failure.Exception.GetType().Name}: {failure.Exception.Message} What was acknowledged is safe; start it again.");
    }

    private void EndLateStop()
    {
        // A timed wait may end early, as it does when the system's clock jumps under some libraries.
        var since = Stopwatch.GetTimestamp();
        for (var rest = stopLimit; rest > TimeSpan.Zero; rest = stopLimit - Stopwatch.GetElapsedTime(since))
        {
            if (_stopped.Wait(rest))
                return;
        }

        var running = loops.Running;
        var what = running.Count > 0 ? string.Join(", ", running) : "what was to be closed";
        LogLate(stopLimit.TotalSeconds, what);
        End($"AuraLogs ends: it did not stop within {stopLimit.TotalSeconds:0} s, and does not wait any longer for: {what}. What was acknowledged is safe.");
    }

    /// <summary>Says why and ends. Nobody may be reading what is said, and then a pipe blocks, so that is not waited for either.</summary>
    private void End(string sentence)
    {
        var telling = new Thread(() => Tell(sentence)) { IsBackground = true, Name = "last words" };
        telling.Start();
        telling.Join(TellLimit);
        end(ExitCode.Failure);
    }

    private void Tell(string sentence)
    {
        Console.Error.WriteLine(sentence);
        foreach (var provider in logs)
            provider.Dispose(); // writes the lines that still wait
    }

    [LoggerMessage(LogLevel.Critical, "The {Loop} failed, so the process ends. This is an error of AuraLogs' own; please report it")]
    private partial void LogFailed(Exception exception, string loop);

    [LoggerMessage(LogLevel.Critical, "The stop took longer than {Limit} s, so the process ends now; still running: {What}")]
    private partial void LogLate(double limit, string what);
}
