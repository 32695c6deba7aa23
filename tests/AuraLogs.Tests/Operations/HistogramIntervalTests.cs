using AuraLogs.Operations.Logs;

namespace AuraLogs.Tests.Operations;

public sealed class HistogramIntervalTests
{
    [Theory]
    [InlineData(15 * 60, 10)]
    [InlineData(3600, 60)]
    [InlineData(24 * 3600, 30 * 60)]
    [InlineData(7 * 24 * 3600, 3 * 3600)]
    [InlineData(0, 1)]
    public void It_is_the_narrowest_round_one_with_at_most_a_hundred_bars(int rangeSeconds, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), HistogramInterval.For(TimeSpan.FromSeconds(rangeSeconds), 100));

    [Fact]
    public void Bars_without_events_are_there_and_those_after_the_end_too()
    {
        var from = DateTimeOffset.FromUnixTimeSeconds(1000);
        var bars = HistogramInterval.Fill(
            [new LogBucket(1_010_000, 5), new LogBucket(1_050_000, 1)], from, from.AddSeconds(30), TimeSpan.FromSeconds(10));

        Assert.Equal([0L, 5, 0, 0, 0, 1], bars.Select(bar => bar.Count));
        Assert.Equal(1_000_000, bars[0].At);
    }
}
