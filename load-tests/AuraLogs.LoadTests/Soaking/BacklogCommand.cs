using System.CommandLine;
using System.Globalization;
using AuraLogs.LoadTests.Generating;
using AuraLogs.LoadTests.Matrix;
using AuraLogs.LoadTests.Sinking;

namespace AuraLogs.LoadTests.Soaking;

/// <summary>
/// <c>auralogs-load backlog</c>: Elasticsearch refuses until so much is queued, then comes back while intake goes on at full
/// speed; shows whether the queue is drained faster than it fills.
/// </summary>
internal static class BacklogCommand
{
    private const double IntakeAfterRecovery = 0.3;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var product = new Option<string>("--product") { Description = "The published executable of AuraLogs.", Required = true };
        var gigabytes = new Option<double>("--gigabytes") { Description = "How much to queue before Elasticsearch comes back.", DefaultValueFactory = _ => 9 };
        var results = new Option<string>("--results") { Description = "The directory for the report.", Required = true };
        var command = new Command("backlog", "Fills the queue while Elasticsearch refuses, then drains it while intake goes on.") { product, gigabytes, results };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var load = new LoadOptions();
            var backlog = (long)(parsed.GetValue(gigabytes) * 1e9 / load.RecordBytes);
            load = load with { Records = (long)(backlog * (1 + IntakeAfterRecovery)), Limit = TimeSpan.FromMinutes(20), AckTimeout = TimeSpan.FromMinutes(10) };
            var run = new SampledRun(new AuraLogsContender(Path.GetFullPath(parsed.GetValue(product)!)), load, [], Every);
            Sample? recovered = null;
            Sample? before = null;
            await run.RunAsync((sample, sink) =>
            {
                Console.WriteLine(sample.ToCsv());
                // Recovery comes when enough is queued, or when a full queue takes no more.
                var full = before is { Acked: > 0 } && sample.Acked == before.Acked && sample.AckP99 == TimeSpan.Zero && before.AckP99 == TimeSpan.Zero;
                before = sample;
                if (recovered is null && (sample.Acked >= backlog || full))
                    recovered = sample;
                sink.Forced = recovered is null ? OutageKind.Refuse503 : null;
            }, cancellationToken);
            SoakReport.Write(parsed.GetValue(results)!, $"Backlog: {parsed.GetValue(gigabytes):f0} GB", Summary(run, recovered!), run);
            return run.Missing == 0 && run.Samples[^1].Duplicates == 0 ? 0 : 1;
        });
        return command;
    }

    private static string Summary(SampledRun run, Sample recovered)
    {
        var last = run.Samples[^1];
        var intakeEnd = run.Samples.First(sample => sample.Acked == last.Acked);
        double PerSecond(Func<Sample, long> count, Sample from, Sample to) =>
            (count(to) - count(from)) / Math.Max(0.001, (to.At - from.At).TotalSeconds);

        return string.Create(CultureInfo.InvariantCulture, $"""
            {recovered.Acked} records ({recovered.Acked * 690 / 1e9:f1} GB) were queued in {recovered.At.TotalSeconds:f0} s while Elasticsearch refused; then it came back.

            | | records/s |
            |---|---|
            | intake before the recovery | {PerSecond(sample => sample.Acked, run.Samples[0], recovered):n0} |
            | intake after the recovery, at full speed | {PerSecond(sample => sample.Acked, recovered, intakeEnd):n0} |
            | indexed meanwhile | {PerSecond(sample => sample.Created, recovered, intakeEnd):n0} |
            | indexed after the intake's end | {PerSecond(sample => sample.Created, intakeEnd, last):n0} |

            {run.Missing} missing, {last.Duplicates} twice, peak memory {last.Usage.PeakResidentBytes / 1e6:f0} MB, {last.Usage.Cpu.TotalSeconds / last.Acked * 1e6:f1} CPU s per million.
            """);
    }
}
