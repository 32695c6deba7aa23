namespace AuraLogs.Operations.Logs;

/// <summary>The width of a histogram's bars.</summary>
internal static class HistogramInterval
{
    private static readonly TimeSpan[] Steps =
    [
        .. new[] { 1, 2, 5, 10, 30 }.Select(seconds => TimeSpan.FromSeconds(seconds)),
        .. new[] { 1, 2, 5, 10, 30 }.Select(minutes => TimeSpan.FromMinutes(minutes)),
        .. new[] { 1, 3, 6, 12 }.Select(hours => TimeSpan.FromHours(hours)),
        .. new[] { 1, 7, 30 }.Select(days => TimeSpan.FromDays(days)),
    ];

    /// <summary>The narrowest round one that gives at most so many bars; the widest for what is longer still.</summary>
    public static TimeSpan For(TimeSpan range, int mostBars)
    {
        foreach (var step in Steps)
        {
            if (range <= step * mostBars)
                return step;
        }

        return Steps[^1];
    }

    /// <summary>The bars from one time to another, with those that are empty; bars beyond are kept.</summary>
    public static IReadOnlyList<LogBucket> Fill(List<LogBucket> buckets, DateTimeOffset from, DateTimeOffset to, TimeSpan interval)
    {
        const int Most = 1000;
        var step = (long)interval.TotalMilliseconds;
        var first = from.ToUnixTimeMilliseconds() / step * step;
        var last = Math.Max(to.ToUnixTimeMilliseconds() / step * step, buckets.Count > 0 ? buckets[^1].At : 0);
        if ((last - first) / step > Most)
            return buckets;
        var counts = buckets.ToDictionary(bucket => bucket.At, bucket => bucket.Count);
        var filled = new List<LogBucket>();
        for (var at = first; at <= last; at += step)
            filled.Add(new LogBucket(at, counts.GetValueOrDefault(at)));
        return filled;
    }
}
