using System.Globalization;
using AuraLogs.LoadTests.Matrix;
using AuraLogs.LoadTests.Measuring;

namespace AuraLogs.LoadTests.Soaking;

/// <summary>Writes what a long run showed: a summary, every sample as CSV, and plots over time.</summary>
internal static class SoakReport
{
    private const int PlotPoints = 200;

    public static void Write(string directory, string title, string summary, SampledRun run)
    {
        Directory.CreateDirectory(directory);
        (string Name, string Title, Func<Sample, double> Figure)[] plots =
        [
            ("memory", "resident memory, MB, by seconds", sample => sample.ResidentMegabytes),
            ("waiting", "events acknowledged and not yet indexed, by seconds", sample => sample.Waiting),
            ("latency", "ack latency, p99 in ms of each interval, by seconds", sample => sample.AckP99.TotalMilliseconds),
            ("handles", "open files and sockets, by seconds", sample => sample.Usage.Handles),
            ("threads", "threads, by seconds", sample => sample.Usage.Threads),
        ];
        File.WriteAllText(Path.Combine(directory, "README.md"), $"""
            # {title}

            {Conditions.Describe(null)}

            {summary}

            {string.Join("\n", plots.Select(plot => $"![{plot.Title}]({plot.Name}.svg)"))}

            """);
        File.WriteAllLines(Path.Combine(directory, "samples.csv"), [Sample.CsvHeader, .. run.Samples.Select(sample => sample.ToCsv())]);
        var step = Math.Max(1, run.Samples.Count / PlotPoints);
        foreach (var (name, heading, figure) in plots)
        {
            var points = run.Samples.Where((_, i) => i % step == 0)
                .Select(sample => (sample.At.TotalSeconds.ToString("f0", CultureInfo.InvariantCulture), figure(sample))).ToList();
            File.WriteAllText(Path.Combine(directory, $"{name}.svg"), SvgPlot.Line(heading, points));
        }
    }
}
