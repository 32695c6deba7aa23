using AuraLogs.LoadTests.Measuring;

namespace AuraLogs.LoadTests.Matrix;

/// <summary>The plots of a matrix: bars where contenders are compared, lines where one dimension grows.</summary>
internal static class Plots
{
    public static IEnumerable<(string File, string Svg)> Of(IReadOnlyList<Row> rows)
    {
        var compared = rows.Where(row => !row.Scenario.Name.Contains('=', StringComparison.Ordinal)).ToList();
        if (compared.Count > 0)
        {
            yield return ("cpu.svg", Bars("CPU seconds per million records", compared, row => row.Median(run => run.CpuSecondsPerMillion), "f1"));
            yield return ("end-to-end.svg", Bars("records a second, end to end", compared, row => row.Median(run => run.EndToEndPerSecond), "n0"));
            yield return ("memory.svg", Bars("peak memory, MB", compared, row => row.Median(run => run.PeakMegabytes), "f0"));
        }

        foreach (var dimension in rows.Except(compared).GroupBy(row => row.Scenario.Name.Split('=')[0]))
        {
            var points = dimension.Select(row => (row.Scenario.Name.Split('=')[1], row.Median(run => run.CpuSecondsPerMillion))).ToList();
            yield return ($"growth-{dimension.Key.Replace(' ', '-')}.svg", SvgPlot.Line($"CPU seconds per million records by {dimension.Key}", points));
        }
    }

    private static string Bars(string title, IEnumerable<Row> rows, Func<Row, double> figure, string format) => SvgPlot.Bars(
        title, format, rows.Select(row => ($"{row.Scenario.Title}: {row.Contender.Name}", figure(row), row.Contender is AuraLogsContender)).ToList());
}
