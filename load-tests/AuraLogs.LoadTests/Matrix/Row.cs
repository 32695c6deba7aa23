namespace AuraLogs.LoadTests.Matrix;

/// <summary>All runs of one contender under one load.</summary>
internal sealed record Row(Scenario Scenario, Contender Contender, IReadOnlyList<RunResult> Runs)
{
    public double Median(Func<RunResult, double> figure)
    {
        var sorted = Runs.Select(figure).Order().ToArray();
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public string Spread(Func<RunResult, double> figure, string format) => Runs.Count == 1
        ? Runs.Select(figure).Single().ToString(format, System.Globalization.CultureInfo.InvariantCulture)
        : string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{Median(figure).ToString(format, System.Globalization.CultureInfo.InvariantCulture)} ({Runs.Min(figure).ToString(format, System.Globalization.CultureInfo.InvariantCulture)} to {Runs.Max(figure).ToString(format, System.Globalization.CultureInfo.InvariantCulture)})");
}
