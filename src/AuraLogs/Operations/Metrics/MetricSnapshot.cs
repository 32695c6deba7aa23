namespace AuraLogs.Operations.Metrics;

/// <summary>Every metric at one moment, by name.</summary>
internal sealed class MetricSnapshot(IReadOnlyDictionary<string, List<MetricSample>> metrics)
{
    public static MetricSnapshot Empty { get; } = new(new Dictionary<string, List<MetricSample>>());

    /// <summary>The samples of a metric; none when it is not there.</summary>
    public IReadOnlyList<MetricSample> Samples(string name) => metrics.TryGetValue(name, out var samples) ? samples : [];

    /// <summary>The sum over all labels; null when the metric has no sample.</summary>
    public double? Sum(string name) => Samples(name) is { Count: > 0 } samples ? samples.Sum(sample => sample.Value) : null;

    /// <summary>The sum of the samples that have the label; null when the metric has none.</summary>
    public double? Sum(string name, string label, string value) =>
        Samples(name) is { Count: > 0 } samples ? samples.Where(sample => sample.Has(label, value)).Sum(sample => sample.Value) : null;
}
