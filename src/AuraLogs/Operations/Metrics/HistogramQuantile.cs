namespace AuraLogs.Operations.Metrics;

/// <summary>
/// Estimates a quantile from cumulative buckets as Prometheus' <c>histogram_quantile</c> does: linear within the bucket, and
/// the highest finite bound when it lies beyond that.
/// </summary>
internal static class HistogramQuantile
{
    /// <summary>Null when nothing was counted.</summary>
    public static double? Of(IReadOnlyList<HistogramBucket> buckets, double quantile)
    {
        if (buckets is not [.., var last] || last.CumulativeCount <= 0)
            return null;

        var rank = quantile * last.CumulativeCount;
        double lowerBound = 0;
        long below = 0;
        foreach (var bucket in buckets)
        {
            if (bucket.CumulativeCount >= rank)
            {
                if (double.IsPositiveInfinity(bucket.UpperBound))
                    return lowerBound;
                var inBucket = bucket.CumulativeCount - below;
                return inBucket == 0 ? lowerBound : lowerBound + ((bucket.UpperBound - lowerBound) * (rank - below) / inBucket);
            }

            lowerBound = bucket.UpperBound;
            below = bucket.CumulativeCount;
        }

        return lowerBound;
    }
}
