using System.CommandLine;
using System.Globalization;
using AuraLogs.LoadTests.Generating;
using AuraLogs.LoadTests.Matrix;
using AuraLogs.LoadTests.Sinking;

namespace AuraLogs.LoadTests.Soaking;

/// <summary><c>auralogs-load soak</c>: a steady rate with outages; shows whether memory, handles, threads and latency stay flat.</summary>
internal static class SoakCommand
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(5);

    public static Command Create()
    {
        var product = new Option<string>("--product") { Description = "The published executable of AuraLogs.", Required = true };
        var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 60 };
        var rate = new Option<int>("--rate") { Description = "Records a second.", DefaultValueFactory = _ => 5_000 };
        var connections = new Option<int>("--connections") { Description = "Connections.", DefaultValueFactory = _ => 20 };
        var every = new Option<int>("--every") { Description = "Seconds between samples.", DefaultValueFactory = _ => 5 };
        var results = new Option<string>("--results") { Description = "The directory for the report.", Required = true };
        var command = new Command("soak", "A steady rate with an outage of each kind, again and again: samples memory, handles, threads and latency.")
        {
            product, minutes, rate, connections, every, results,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var length = TimeSpan.FromMinutes(parsed.GetValue(minutes));
            var load = new LoadOptions
            {
                Records = (long)(parsed.GetValue(rate) * length.TotalSeconds),
                Rate = parsed.GetValue(rate),
                Connections = parsed.GetValue(connections),
                ChunkBytes = 140_000,
                Limit = length + DrainLimit,
            };
            var run = new SampledRun(
                new AuraLogsContender(Path.GetFullPath(parsed.GetValue(product)!)), load, Outages(length), TimeSpan.FromSeconds(parsed.GetValue(every)));
            await run.RunAsync((sample, _) => Console.WriteLine(sample.ToCsv()), cancellationToken);
            SoakReport.Write(parsed.GetValue(results)!, $"Soak: {length.TotalMinutes:f0} minutes at {load.Rate:f0} records/s", Summary(run), run);
            return run.Missing == 0 && run.Samples[^1].Duplicates == 0 ? 0 : 1;
        });
        return command;
    }

    /// <summary>Each kind of outage in turn, each a thirtieth of the time, with twice as long between them; the last sixth is quiet.</summary>
    private static IReadOnlyList<Outage> Outages(TimeSpan length)
    {
        var unit = length / 30;
        var kinds = Enum.GetValues<OutageKind>();
        return [.. Enumerable.Range(0, 8).Select(i => new Outage(unit * (2 + i * 3), unit, kinds[i % kinds.Length]))];
    }

    private static string Summary(SampledRun run)
    {
        var (last, load) = (run.Samples[^1], run.Load!);
        var quarter = Math.Max(1, run.Samples.Count / 4);
        double Median(IEnumerable<Sample> samples, Func<Sample, double> figure) => samples.Select(figure).Order().ElementAt(quarter / 2);
        string Trend(Func<Sample, double> figure) => string.Create(CultureInfo.InvariantCulture,
            $"{Median(run.Samples.Take(quarter), figure):f0} | {Median(run.Samples.TakeLast(quarter), figure):f0} | {run.Samples.Max(figure):f0}");

        return string.Create(CultureInfo.InvariantCulture, $"""
            {load.Records} records sent, {load.Acked} acknowledged, {run.Missing} missing, {last.Duplicates} twice, {load.ResentFrames} frames sent again over {load.Reconnects} broken connections; {last.Usage.Cpu.TotalSeconds / load.Records * 1e6:f1} CPU s per million. Outages of Elasticsearch: {string.Join(", ", run.Samples.Select(sample => sample.Outage).OfType<OutageKind>().Distinct())}.

            | | first quarter, median | last quarter, median | highest |
            |---|---|---|---|
            | resident memory, MB | {Trend(sample => sample.ResidentMegabytes)} |
            | open files and sockets | {Trend(sample => sample.Usage.Handles)} |
            | threads | {Trend(sample => sample.Usage.Threads)} |
            | ack p99, ms | {Trend(sample => sample.AckP99.TotalMilliseconds)} |
            """);
    }
}
