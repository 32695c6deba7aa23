namespace AuraLogs.Operations.Metrics;

/// <summary>How many values were at most <paramref name="UpperBound"/>.</summary>
internal readonly record struct HistogramBucket(double UpperBound, long CumulativeCount);
