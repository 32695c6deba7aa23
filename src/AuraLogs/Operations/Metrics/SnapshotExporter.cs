using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace AuraLogs.Operations.Metrics;

/// <summary>Turns what the OpenTelemetry SDK collects, which is valid during the export only, into a snapshot.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class SnapshotExporter : BaseExporter<Metric>, IPullMetricExporter
{
    /// <summary>Set by the reader that owns this exporter.</summary>
    public Func<int, bool>? Collect { get; set; }

    public MetricSnapshot Latest { get; private set; } = MetricSnapshot.Empty;

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var families = new List<MetricFamily>();
        foreach (var metric in batch)
            families.Add(new MetricFamily(metric.Name, metric.Description, metric.Unit, KindOf(metric.MetricType), SamplesOf(metric)));
        families.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        Latest = new MetricSnapshot(families);
        return ExportResult.Success;
    }

    private static MetricKind KindOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => MetricKind.Counter,
        MetricType.Histogram => MetricKind.Histogram,
        _ => MetricKind.Gauge,
    };

    private static List<MetricSample> SamplesOf(Metric metric)
    {
        var samples = new List<MetricSample>();
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var labels = LabelsOf(in point);
            samples.Add(metric.MetricType switch
            {
                MetricType.LongSum or MetricType.LongSumNonMonotonic => new MetricSample(labels, point.GetSumLong()),
                MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => new MetricSample(labels, point.GetSumDouble()),
                MetricType.LongGauge => new MetricSample(labels, point.GetGaugeLastValueLong()),
                MetricType.DoubleGauge => new MetricSample(labels, point.GetGaugeLastValueDouble()),
                MetricType.Histogram => new MetricSample(labels, point.GetHistogramSum(), BucketsOf(in point)),
                _ => throw new NotSupportedException($"{metric.Name} is of a kind that has no text form: {metric.MetricType}."),
            });
        }

        return samples;
    }

    private static List<KeyValuePair<string, string>> LabelsOf(in MetricPoint point)
    {
        var labels = new List<KeyValuePair<string, string>>(point.Tags.Count);
        foreach (var tag in point.Tags)
            labels.Add(new(tag.Key, Convert.ToString(tag.Value, System.Globalization.CultureInfo.InvariantCulture) ?? ""));
        return labels;
    }

    private static List<HistogramBucket> BucketsOf(in MetricPoint point)
    {
        var buckets = new List<HistogramBucket>();
        long cumulative = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            buckets.Add(new HistogramBucket(bucket.ExplicitBound, cumulative));
        }

        return buckets;
    }
}
