using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Log;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Queue;

public sealed class DamageReportTests
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void What_is_found_within_the_interval_is_told_together()
    {
        var report = new DamageReport(_time);
        Assert.Null(report.Take(atOnce: true));

        report.Add(new Gap(100, 200, 5, 5), notKept: null);
        Assert.Equal(new DamageReport.Damage(1, 100, 200, 5, 0, null), report.Take(atOnce: false));

        report.Add(new Gap(300, 400, 6, 11), notKept: "first");
        report.Add(new Gap(500, 600, 7, 18), notKept: "second");
        report.Add(new Gap(700, 800, 8, 26), notKept: null);
        Assert.Null(report.Take(atOnce: false));
        _time.Advance(DamageReport.Interval);
        Assert.Equal(new DamageReport.Damage(3, 300, 800, 21, 2, "second"), report.Take(atOnce: false));
        Assert.Null(report.Take(atOnce: true));

        report.Add(new Gap(900, 950, 1, 27), notKept: null);
        Assert.Null(report.Take(atOnce: false));
        Assert.Equal(new DamageReport.Damage(1, 900, 950, 1, 0, null), report.Take(atOnce: true));
    }
}
