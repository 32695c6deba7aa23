using System.CommandLine;
using System.Globalization;
using AuraLogs.LoadTests.Generating;

namespace AuraLogs.LoadTests.Matrix;

/// <summary><c>auralogs-load matrix</c>: every load against every contender, interleaved, and the report.</summary>
internal static class MatrixCommand
{
    public static Command Create()
    {
        var product = new Option<string>("--product") { Description = "The published executable of AuraLogs.", DefaultValueFactory = _ => "" };
        var results = new Option<string>("--results")
        {
            Description = "The directory for the report.",
            DefaultValueFactory = _ => Path.Combine("load-tests", "results", DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        };
        var growth = new Option<bool>("--growth") { Description = "How cost grows instead of the comparison." };
        var only = new Option<string[]>("--only") { Description = "Scenarios to run, by name or its start; default: all.", AllowMultipleArgumentsPerToken = true };
        var contenders = new Option<string>("--contenders") { Description = "Only contenders whose name contains this.", DefaultValueFactory = _ => "" };
        var runs = new Option<int>("--runs") { Description = "Runs of each.", DefaultValueFactory = _ => 3 };
        var records = new Option<long>("--records") { Description = "Records a run.", DefaultValueFactory = _ => 1_000_000 };
        var command = new Command("matrix", "Compares AuraLogs with a Fluent Bit on the PATH, load by load, and writes a table with plots.")
        {
            product, results, growth, only, contenders, runs, records,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var auraLogs = parsed.GetValue(product) is { Length: > 0 } named ? Path.GetFullPath(named) : OnPath("auralogs");
            var fluentBit = OnPath("fluent-bit");
            if (auraLogs is null && fluentBit is null)
                throw new InvalidOperationException("Neither --product nor a fluent-bit on the PATH: there is nothing to measure.");
            var all = parsed.GetValue(growth)
                ? Scenarios.Growth(auraLogs ?? "", parsed.GetValue(records))
                : Scenarios.Comparison(auraLogs ?? "", fluentBit, parsed.GetValue(records));
            var chosen = parsed.GetValue(only) is { Length: > 0 } names
                ? all.Where(scenario => names.Any(name => scenario.Name.StartsWith(name, StringComparison.Ordinal))).ToList()
                : all;
            var wanted = parsed.GetValue(contenders)!;
            bool Takes(Contender contender) =>
                contender.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase) && (auraLogs is not null || contender is not AuraLogsContender);
            var conditions = Conditions.Describe(fluentBit);
            var rows = await RunAsync(chosen, Takes, parsed.GetValue(runs), rows => Report.Write(parsed.GetValue(results)!, conditions, rows), cancellationToken);
            return rows.All(row => row.Runs.All(run => run.Whole)) ? 0 : 1;
        });
        return command;
    }

    /// <summary>Reports after every round, so that a run that is broken off leaves its results.</summary>
    private static async Task<IReadOnlyList<Row>> RunAsync(
        IReadOnlyList<Scenario> scenarios, Func<Contender, bool> takes, int runs, Action<IReadOnlyList<Row>> report, CancellationToken cancellationToken)
    {
        var results = scenarios
            .SelectMany(scenario => scenario.Contenders.Where(takes).Select(contender => (scenario, contender, Runs: new List<RunResult>())))
            .ToList();
        IReadOnlyList<Row> rows = [];
        for (var run = 1; run <= runs; run++)
        {
            (LoadOptions Load, IFrames Frames)? prepared = null;
            foreach (var (scenario, contender, list) in results)
            {
                if (prepared?.Load != scenario.Load)
                    prepared = (scenario.Load, Generator.Prepare(scenario.Load));
                var result = await Runner.RunAsync(scenario, contender, prepared.Value.Frames, cancellationToken);
                list.Add(result);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{run}/{runs} {scenario.Name,-16} {contender.Name,-28} {result.CpuSecondsPerMillion,6:f2} CPU s/M ({result.Usage.System.TotalSeconds / result.Usage.Cpu.TotalSeconds:p0} kernel)  {result.EndToEndPerSecond,9:n0}/s  {result.PeakMegabytes,5:f0} MB  ack {result.Load.AckLatency.Percentile(50).TotalMilliseconds,6:f1} / {result.Load.AckLatency.Percentile(99).TotalMilliseconds,6:f1} ms  own {result.OwnCpu.TotalSeconds / result.Load.Records * 1e6:f2}{(result.Whole ? "" : $"  MISSING {result.Missing}, acknowledged {result.Load.Acked}")}{(result.Duplicates > 0 ? $"  TWICE {result.Duplicates}" : "")}"));
            }

            rows = [.. results.Select(result => new Row(result.scenario, result.contender, result.Runs))];
            report(rows);
        }

        return rows;
    }

    private static string? OnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
