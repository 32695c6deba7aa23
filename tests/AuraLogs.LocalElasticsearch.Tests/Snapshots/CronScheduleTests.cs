using System.Globalization;
using AuraLogs.LocalElasticsearch.Snapshots;

namespace AuraLogs.LocalElasticsearch.Tests.Snapshots;

public sealed class CronScheduleTests
{
    // 24 November 2026 is a Tuesday; its month began on a Sunday and ends on a Monday.
    [Theory]
    [InlineData("0 30 1 * * ?", "2026-11-24 12:00:00", "2026-11-25 01:30:00")]
    [InlineData("0 30 1 * * ?", "2026-11-24 01:29:59", "2026-11-24 01:30:00")]
    [InlineData("0 30 1 * * ?", "2026-11-24 01:30:00", "2026-11-25 01:30:00")]
    [InlineData("*/20 * * ? * *", "2026-11-24 12:00:41", "2026-11-24 12:01:00")]
    [InlineData("0 5/15 * * * ?", "2026-11-24 12:21:00", "2026-11-24 12:35:00")]
    [InlineData("0 0 22-2 * * ?", "2026-11-24 02:00:01", "2026-11-24 22:00:00")]
    [InlineData("0 0 22-2/2 * * ?", "2026-11-24 22:00:01", "2026-11-25 00:00:00")]
    [InlineData("0 0 9,18 ? * MON-FRI", "2026-11-27 18:00:00", "2026-11-30 09:00:00")]
    [InlineData("0 0 9 ? * 2-6", "2026-11-27 18:00:00", "2026-11-30 09:00:00")]
    [InlineData("0 0 9 ? * fri-mon", "2026-11-24 12:00:00", "2026-11-27 09:00:00")]
    [InlineData("0 0 0 1 jan ?", "2026-11-24 12:00:00", "2027-01-01 00:00:00")]
    [InlineData("0 0 0 1 1 ? 2030", "2026-11-24 12:00:00", "2030-01-01 00:00:00")]
    [InlineData("0 0 0 1 1 ? 2028/2", "2026-11-24 12:00:00", "2028-01-01 00:00:00")]
    [InlineData("0 0 0 L * ?", "2026-11-24 12:00:00", "2026-11-30 00:00:00")]
    [InlineData("0 0 0 L 2 ?", "2027-03-01 00:00:00", "2028-02-29 00:00:00")]
    [InlineData("0 0 0 L-3 * ?", "2026-11-24 12:00:00", "2026-11-27 00:00:00")]
    [InlineData("0 0 0 L-30 * ?", "2026-11-24 12:00:00", "2026-12-01 00:00:00")]
    [InlineData("0 0 0 LW * ?", "2027-01-01 00:00:00", "2027-01-29 00:00:00")]
    [InlineData("0 0 0 1W * ?", "2026-10-31 00:00:00", "2026-11-02 00:00:00")]
    [InlineData("0 0 0 1W * ?", "2027-04-30 00:00:00", "2027-05-03 00:00:00")]
    [InlineData("0 0 0 15W * ?", "2026-11-01 00:00:00", "2026-11-16 00:00:00")]
    [InlineData("0 0 0 28W * ?", "2026-11-01 00:00:00", "2026-11-27 00:00:00")]
    [InlineData("0 0 0 31W 1 ?", "2026-11-01 00:00:00", "2027-01-29 00:00:00")]
    [InlineData("0 0 0 ? * L", "2026-11-24 12:00:00", "2026-11-28 00:00:00")]
    [InlineData("0 0 0 ? * 6L", "2026-11-24 12:00:00", "2026-11-27 00:00:00")]
    [InlineData("0 0 0 ? * FRIL", "2026-11-27 00:00:00", "2026-12-25 00:00:00")]
    [InlineData("0 0 0 ? * 6#3", "2026-11-24 12:00:00", "2026-12-18 00:00:00")]
    [InlineData("0 0 0 ? * SUN#5", "2026-11-01 00:00:00", "2026-11-29 00:00:00")]
    [InlineData("0 0 0 29 2 ?", "2097-01-01 00:00:00", "2104-02-29 00:00:00")]
    [InlineData("0 0 0 ? 2 SUN#5", "2088-03-01 00:00:00", "2128-02-29 00:00:00")]
    [InlineData("  0\t0  0 1 * ?  ", "2026-11-24 12:00:00", "2026-12-01 00:00:00")]
    public void The_next_time_is_the_one_that_Elasticsearch_means(string expression, string from, string next)
    {
        Assert.True(CronSchedule.TryParse(expression, out var schedule));
        Assert.Equal(Time(next), schedule.After(Time(from)));
    }

    [Theory]
    [InlineData("0 0 0 30 2 ?")]
    [InlineData("0 0 0 L-30 2 ?")]
    [InlineData("0 0 0 1 1 ? 2020")]
    public void There_may_be_no_next_time(string expression)
    {
        Assert.True(CronSchedule.TryParse(expression, out var schedule));
        Assert.Null(schedule.After(Time("2026-11-24 12:00:00")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("daily")]
    [InlineData("30 1 * * ?")]
    [InlineData("0 30 1 * * ? 2030 1")]
    [InlineData("99 99 99 99 99 99")]
    [InlineData("60 0 0 * * ?")]
    [InlineData("0 60 0 * * ?")]
    [InlineData("0 0 24 * * ?")]
    [InlineData("0 0 0 0 * ?")]
    [InlineData("0 0 0 32 * ?")]
    [InlineData("0 0 0 1 13 ?")]
    [InlineData("0 0 0 ? * 8")]
    [InlineData("0 0 0 ? * 0")]
    [InlineData("0 0 0 * * *")]
    [InlineData("0 0 0 ? * ?")]
    [InlineData("0 0 0 1 * MON")]
    [InlineData("? 0 0 1 * ?")]
    [InlineData("0/0 0 0 1 * ?")]
    [InlineData("0/60 0 0 1 * ?")]
    [InlineData("1-2-3 0 0 1 * ?")]
    [InlineData("1/2/3 0 0 1 * ?")]
    [InlineData("-1 0 0 1 * ?")]
    [InlineData(", 0 0 1 * ?")]
    [InlineData("0 0 0 L,15 * ?")]
    [InlineData("0 0 0 L-31 * ?")]
    [InlineData("0 0 0 32W * ?")]
    [InlineData("0 0 0 ? * 8L")]
    [InlineData("0 0 0 ? * 6#6")]
    [InlineData("0 0 0 ? * XYZ")]
    [InlineData("0 0 0 1 * ? 1969")]
    [InlineData("0 30 1 * * ?;")]
    public void What_Elasticsearch_refuses_is_refused(string expression) => Assert.False(CronSchedule.TryParse(expression, out _));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
