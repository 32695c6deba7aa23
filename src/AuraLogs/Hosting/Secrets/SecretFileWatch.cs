using AuraLogs.Hosting.Settings;
using AuraLogs.Secrets;
using AuraLogs.Telemetry;

namespace AuraLogs.Hosting.Secrets;

/// <summary>
/// Looks from time to time at every file that holds a secret: one that is replaced by an empty file, or can't be read any more, is a
/// problem to be told, though the secret that it held still counts.
/// </summary>
internal sealed class SecretFileWatch(AuraLogsOptions options, Problems problems, Loops loops, TimeProvider time) : BackgroundService
{
    public const string Code = "secret-file-unusable";
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        SecretFiles.Of(options).Any()
            ? loops.RunAsync("secret file watch", stopping => Loops.EveryAsync(Period, time, Look, stopping, atOnce: true), stoppingToken)
            : Task.CompletedTask;

    private void Look()
    {
        var mistakes = SecretFiles.Of(options)
            .Select(file => (file.Key, Mistake: SecretChecks.MistakeIn(file.File)))
            .Where(file => file.Mistake is not null)
            .Select(file => $"{file.Key} {file.Mistake}")
            .ToList();
        if (mistakes.Count == 0)
            problems.Clear(Code);
        else
            problems.Raise(Code, $"A secret can't be read again, so the one before still counts: {string.Join("; ", mistakes)}.");
    }
}
