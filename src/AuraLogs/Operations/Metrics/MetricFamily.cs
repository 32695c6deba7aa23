namespace AuraLogs.Operations.Metrics;

/// <summary>
/// One metric at one moment: its name as exposed, its unit as the instrument says it (UCUM: <c>s</c>, <c>By</c>,
/// <c>{event}</c>; empty when it has none), and a sample for each set of labels.
/// </summary>
internal sealed record MetricFamily(string Name, string Help, string Unit, MetricKind Kind, IReadOnlyList<MetricSample> Samples);
