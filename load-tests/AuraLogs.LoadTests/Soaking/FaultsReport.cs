using System.Globalization;
using AuraLogs.LoadTests.Faults;
using AuraLogs.LoadTests.Matrix;
using AuraLogs.LoadTests.Measuring;

namespace AuraLogs.LoadTests.Soaking;

/// <summary>Writes what a soak under faults showed: the accounts, each kind of fault, each single one as CSV, and memory over time.</summary>
internal static class FaultsReport
{
    private const int PlotPoints = 200;

    public static void Write(string directory, string arguments, FaultRun run, FaultSoak soak, IReadOnlyList<string> lacks, IReadOnlyList<string> wrong)
    {
        Directory.CreateDirectory(directory);
        var step = Math.Max(1, soak.Samples.Count / PlotPoints);
        void Plot(string name, string title, Func<(TimeSpan At, ProcessUsage Usage, long Waiting), double> figure) => File.WriteAllText(
            Path.Combine(directory, $"{name}.svg"),
            SvgPlot.Line(title, soak.Samples.Where((_, i) => i % step == 0).Select(sample => (sample.At.TotalSeconds.ToString("f0", CultureInfo.InvariantCulture), figure(sample))).ToList()));
        Plot("memory", "resident memory, MB, by seconds", sample => sample.Usage.ResidentBytes / 1e6);
        Plot("waiting", "events acknowledged and not yet indexed, by seconds", sample => sample.Waiting);
        Plot("handles", "open files and sockets, by seconds", sample => sample.Usage.Handles);
        File.WriteAllLines(Path.Combine(directory, "faults.csv"), [FaultRecord.CsvHeader, .. soak.Records.Select(record => record.ToCsv())]);

        var ledger = run.Sink.Ledger;
        File.WriteAllText(Path.Combine(directory, "README.md"), string.Create(CultureInfo.InvariantCulture, $"""
            # Soak under faults

            `auralogs-load faults {arguments}`

            {Conditions.Describe(null)}
            - not possible there: {(lacks.Count == 0 ? "nothing" : string.Join("; ", lacks))}

            {(wrong.Count == 0 ? "Nothing was wrong." : $"Wrong:\n\n{string.Join("\n", wrong.Select(line => $"    {line.Split('\n')[0]}"))}")}

            | account | events |
            |---|---|
            | acknowledged to the senders | {run.Acknowledged} |
            | in the index (sink) | {ledger.Created} |
            | missing, twice, never sent (sink) | {ledger.Missing(run.Sent)}, {ledger.Duplicates}, {ledger.Strangers} |
            | answered 409, already there (sink) | {ledger.Conflicts} |
            | ledger of the service | {run.LastLedger} |

            {soak.Records.Count} faults, {soak.Records.Sum(record => record.Hits)} hits; {run.Progress.ResentFrames} frames sent again over {run.Progress.Reconnects} broken connections; {run.Service.Starts} starts, {run.Service.Crashes.Count} of them because the service had ended by itself. Highest resident memory in a sample: {(soak.Samples.Count == 0 ? 0 : soak.Samples.Max(sample => sample.Usage.ResidentBytes) / 1e6):f0} MB.

            | fault | times | hits | longest recovery, s | problems told | ended by itself |
            |---|---|---|---|---|---|
            {string.Join("\n", soak.Records.GroupBy(record => record.Name, StringComparer.Ordinal).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(Row))}

            ![resident memory](memory.svg)
            ![waiting](waiting.svg)
            ![open files and sockets](handles.svg)

            """));
    }

    private static string Row(IGrouping<string, FaultRecord> kind) => string.Create(CultureInfo.InvariantCulture,
        $"| {kind.Key} | {kind.Count()} | {kind.Sum(record => record.Hits)} | {kind.Max(record => record.Recovery).TotalSeconds:f1} | {string.Join(" ", kind.SelectMany(record => record.Told.Split(' ')).Distinct().Order(StringComparer.Ordinal))} | {kind.Sum(record => record.Crashes)} |");
}
