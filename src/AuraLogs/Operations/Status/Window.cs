using AuraLogs.Operations.Metrics;

namespace AuraLogs.Operations.Status;

/// <summary>Two snapshots of the metrics and the time between them: what rates and recent latencies are worked out from.</summary>
internal sealed class Window(MetricSnapshot before, MetricSnapshot now, TimeSpan length)
{
    public MetricSnapshot Now { get; } = now;

    /// <summary>How much a counter grew in a second, over all labels; 0 while it is not there.</summary>
    public double PerSecond(string counter) => Rate((Now.Sum(counter) ?? 0) - (before.Sum(counter) ?? 0));

    public double PerSecond(string counter, string label, string value) =>
        Rate((Now.Sum(counter, label, value) ?? 0) - (before.Sum(counter, label, value) ?? 0));

    /// <summary>How much a gauge changed in a second; negative when it fell.</summary>
    public double ChangePerSecond(string gauge) =>
        length > TimeSpan.Zero ? ((Now.Sum(gauge) ?? 0) - (before.Sum(gauge) ?? 0)) / length.TotalSeconds : 0;

    /// <summary>The latencies seen in the window, all labels of the histogram together.</summary>
    public Latency LatencyOf(string histogram)
    {
        var counts = Difference(histogram);
        return new Latency(HistogramQuantile.Of(counts, 0.5), HistogramQuantile.Of(counts, 0.99));
    }

    // A counter that is lower than before would be one of a restarted process; here both are of this process, so it can't be.
    private double Rate(double growth) => length > TimeSpan.Zero ? Math.Max(0, growth) / length.TotalSeconds : 0;

    private List<HistogramBucket> Difference(string histogram)
    {
        var counts = Total(Now, histogram);
        var earlier = Total(before, histogram);
        for (var i = 0; i < earlier.Count; i++)
            counts[i] = counts[i] with { CumulativeCount = counts[i].CumulativeCount - earlier[i].CumulativeCount };
        return counts;
    }

    private static List<HistogramBucket> Total(MetricSnapshot snapshot, string histogram)
    {
        var total = new List<HistogramBucket>();
        foreach (var sample in snapshot.Samples(histogram))
        {
            var buckets = sample.Buckets ?? [];
            for (var i = 0; i < buckets.Count; i++)
            {
                if (i == total.Count)
                    total.Add(buckets[i]);
                else
                    total[i] = total[i] with { CumulativeCount = total[i].CumulativeCount + buckets[i].CumulativeCount };
            }
        }

        return total;
    }
}
