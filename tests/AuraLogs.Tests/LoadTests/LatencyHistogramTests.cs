using AuraLogs.LoadTests.Measuring;

namespace AuraLogs.Tests.LoadTests;

public class LatencyHistogramTests
{
    [Theory]
    [InlineData(50)]
    [InlineData(99)]
    [InlineData(100)]
    public void A_percentile_is_at_most_three_percent_above_the_true_one(double percent)
    {
        var random = new Random(7);
        var histogram = new LatencyHistogram();
        var latencies = Enumerable.Range(0, 10_000).Select(_ => (long)Math.Exp(random.NextDouble() * 16)).Order().ToArray();
        foreach (var latency in latencies)
            histogram.Record(TimeSpan.FromMicroseconds(latency));

        var exact = latencies[(int)Math.Ceiling(latencies.Length * percent / 100) - 1];
        Assert.InRange(histogram.Percentile(percent).TotalMicroseconds, exact, exact * 1.032 + 1);
        Assert.Equal(latencies[^1], histogram.Max.TotalMicroseconds);
    }

    [Fact]
    public void Without_latencies_every_percentile_is_zero() =>
        Assert.Equal(TimeSpan.Zero, new LatencyHistogram().Percentile(99));
}
