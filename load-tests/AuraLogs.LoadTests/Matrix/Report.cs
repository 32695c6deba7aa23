using System.Globalization;
using System.Text;

namespace AuraLogs.LoadTests.Matrix;

/// <summary>Writes the results of a matrix: a Markdown table, every run as CSV, and the plots.</summary>
internal static class Report
{
    public static void Write(string directory, string conditions, IReadOnlyList<Row> rows)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "README.md"), Markdown(conditions, rows));
        File.WriteAllText(Path.Combine(directory, "runs.csv"), Csv(rows));
        foreach (var (name, svg) in Plots.Of(rows))
            File.WriteAllText(Path.Combine(directory, name), svg);
    }

    private static string Markdown(string conditions, IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder();
        text.AppendLine("# Load test results").AppendLine().AppendLine(conditions).AppendLine();
        text.AppendLine("Medians (minimum to maximum) of the runs, which were interleaved. The ratio is the contender's CPU over that of the first row of its load.");
        text.AppendLine();
        text.AppendLine("| load | contender | runs | CPU s per million | ratio | end to end, records/s | acknowledged, records/s | peak memory, MB | ack p50 / p99, ms | twice | missing | generator and sink, CPU s per million |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var group in rows.GroupBy(row => row.Scenario.Name))
        {
            var baseline = group.First().Median(run => run.CpuSecondsPerMillion);
            foreach (var row in group)
                text.AppendLine(Line(row, baseline));
        }

        text.AppendLine();
        foreach (var (name, _) in Plots.Of(rows))
            text.AppendLine(CultureInfo.InvariantCulture, $"![{Path.GetFileNameWithoutExtension(name)}]({name})");
        return text.ToString();
    }

    private static string Line(Row row, double baseline) => string.Create(CultureInfo.InvariantCulture,
        $"| {row.Scenario.Title} | {row.Contender.Name} | {row.Runs.Count} | {row.Spread(run => run.CpuSecondsPerMillion, "f2")} | {row.Median(run => run.CpuSecondsPerMillion) / baseline:f1} | {row.Spread(run => run.EndToEndPerSecond, "n0")} | {row.Median(run => run.Load.AckedPerSecond):n0} | {row.Median(run => run.PeakMegabytes):f0} | {row.Median(run => run.Load.AckLatency.Percentile(50).TotalMilliseconds):f1} / {row.Median(run => run.Load.AckLatency.Percentile(99).TotalMilliseconds):f1} | {row.Runs.Sum(run => run.Duplicates)} | {row.Runs.Sum(run => run.Missing)} | {row.Median(run => run.OwnCpu.TotalSeconds / run.Load.Records * 1e6):f2} |");

    private static string Csv(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder("scenario,contender,records,acked,created,conflicts,duplicates,missing,complete_s,acked_s,user_s,system_s,peak_bytes,ack_p50_ms,ack_p99_ms,ack_max_ms,resent_frames,lag_ms,own_cpu_s\n");
        foreach (var row in rows)
        {
            foreach (var run in row.Runs)
            {
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"{row.Scenario.Name},\"{row.Contender.Name}\",{run.Load.Records},{run.Load.Acked},{run.Created},{run.Conflicts},{run.Duplicates},{run.Missing},{run.Complete.TotalSeconds:f3},{run.Load.Elapsed.TotalSeconds:f3},{run.Usage.User.TotalSeconds:f2},{run.Usage.System.TotalSeconds:f2},{run.Usage.PeakResidentBytes},{run.Load.AckLatency.Percentile(50).TotalMilliseconds:f2},{run.Load.AckLatency.Percentile(99).TotalMilliseconds:f2},{run.Load.AckLatency.Max.TotalMilliseconds:f2},{run.Load.ResentFrames},{run.Load.WorstLag.TotalMilliseconds:f1},{run.OwnCpu.TotalSeconds:f2}");
            }
        }

        return text.ToString();
    }
}
