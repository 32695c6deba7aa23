using System.Numerics;

namespace AuraLogs.LoadTests.Measuring;

/// <summary>
/// Latencies in microseconds, in buckets that double, each divided in 32, so that a percentile is off by 3 % at most.
/// Recording is an interlocked increment: any number of threads may record.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 5;
    private readonly long[] _counts = new long[(64 - SubBits) << SubBits];
    private long _max;

    public void Record(TimeSpan latency)
    {
        var microseconds = Math.Max(0, (long)latency.TotalMicroseconds);
        Interlocked.Increment(ref _counts[Bucket(microseconds)]);
        InterlockedMax(microseconds);
    }

    public TimeSpan Max => TimeSpan.FromMicroseconds(Volatile.Read(ref _max));

    public TimeSpan Percentile(double percent)
    {
        var total = _counts.Sum();
        var rank = (long)Math.Ceiling(total * percent / 100);
        long seen = 0;
        for (var bucket = 0; bucket < _counts.Length && total > 0; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank)
                return TimeSpan.FromMicroseconds(Math.Min(UpperBound(bucket), _max));
        }

        return TimeSpan.Zero;
    }

    /// <summary>Values below 32 have a bucket each; above, the exponent and the 5 bits after the leading one.</summary>
    private static int Bucket(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - SubBits);
        return (shift << SubBits) + (int)(value >> shift);
    }

    private static long UpperBound(int bucket)
    {
        if (bucket < 2 << SubBits)
            return bucket;
        var shift = (bucket >> SubBits) - 1;
        return (((bucket & ((1L << SubBits) - 1)) | (1L << SubBits)) + 1 << shift) - 1;
    }

    private void InterlockedMax(long value)
    {
        var seen = Volatile.Read(ref _max);
        while (value > seen && Interlocked.CompareExchange(ref _max, value, seen) is var found && found != seen)
            seen = found;
    }
}
