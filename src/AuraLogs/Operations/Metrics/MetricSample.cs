namespace AuraLogs.Operations.Metrics;

/// <summary>
/// One set of labels and its value. A histogram's value is its sum; its buckets' counts are cumulative, the last bound is
/// infinity. Other kinds have no buckets.
/// </summary>
internal sealed record MetricSample(
    IReadOnlyList<KeyValuePair<string, string>> Labels, double Value, List<HistogramBucket>? Buckets = null)
{
    public bool Has(string label, string value)
    {
        foreach (var pair in Labels)
        {
            if (pair.Key == label)
                return pair.Value == value;
        }

        return false;
    }
}
