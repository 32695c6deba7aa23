using AuraLogs.Operations.Metrics;

namespace AuraLogs.Tests.Operations;

public sealed class HistogramQuantileTests
{
    private static readonly HistogramBucket[] Buckets = [new(1, 50), new(2, 90), new(4, 100), new(double.PositiveInfinity, 100)];

    [Theory]
    [InlineData(0.25, 0.5)] // half into the first bucket, which begins at 0
    [InlineData(0.5, 1)]
    [InlineData(0.7, 1.5)]
    [InlineData(0.95, 3)]
    public void It_is_linear_within_a_bucket_as_Prometheus_has_it(double quantile, double expected) =>
        Assert.Equal(expected, HistogramQuantile.Of(Buckets, quantile)!.Value, 9);

    [Fact]
    public void Beyond_the_last_bound_it_is_the_last_bound() =>
        Assert.Equal(4, HistogramQuantile.Of([new(4, 10), new(double.PositiveInfinity, 100)], 0.99));

    [Fact]
    public void Of_nothing_there_is_none()
    {
        Assert.Null(HistogramQuantile.Of([], 0.5));
        Assert.Null(HistogramQuantile.Of([new(1, 0), new(double.PositiveInfinity, 0)], 0.5));
    }
}
