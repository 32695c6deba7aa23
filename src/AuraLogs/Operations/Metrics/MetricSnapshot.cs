namespace AuraLogs.Operations.Metrics;

/// <summary>Every metric at one moment.</summary>
internal sealed class MetricSnapshot(IReadOnlyList<MetricFamily> families)
{
    private readonly Dictionary<string, MetricFamily> _byName = families.ToDictionary(family => family.Name, StringComparer.Ordinal);

    public static MetricSnapshot Empty { get; } = new([]);

    /// <summary>Ordered by name.</summary>
    public IReadOnlyList<MetricFamily> Families { get; } = families;

    /// <summary>The samples of a metric; none when it is not there.</summary>
    public IReadOnlyList<MetricSample> Samples(string name) => _byName.TryGetValue(name, out var family) ? family.Samples : [];

    /// <summary>The sum over all labels; null when the metric has no sample.</summary>
    public double? Sum(string name) => Samples(name) is { Count: > 0 } samples ? samples.Sum(sample => sample.Value) : null;

    /// <summary>The sum of the samples that have the label; null when the metric has none.</summary>
    public double? Sum(string name, string label, string value) =>
        Samples(name) is { Count: > 0 } samples ? samples.Where(sample => sample.Has(label, value)).Sum(sample => sample.Value) : null;
}
