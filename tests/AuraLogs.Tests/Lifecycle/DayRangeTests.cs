using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Archive;

namespace AuraLogs.Tests.Lifecycle;

public sealed class DayRangeTests
{
    [Theory]
    [InlineData("2026-05-06", "2026-05-06")]
    [InlineData("2026.05.06", "2026-05-06")]
    [InlineData("2026-05-06..2026-05-06", "2026-05-06")]
    [InlineData("2026-05-06..2026.05.09", "2026-05-06..2026-05-09")]
    public void A_day_or_a_range_is_read(string text, string range)
    {
        Assert.True(DayRange.TryParse(text, out var days));
        Assert.Equal(range, days.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-5-6")]
    [InlineData("2026-02-30")]
    [InlineData("2026-05-09..2026-05-06")]
    [InlineData("2026-05-06..")]
    [InlineData("2026-05-06..2026-05-07..2026-05-08")]
    public void Anything_else_is_refused(string text) => Assert.False(DayRange.TryParse(text, out _));

    [Theory]
    [InlineData("aura-services-2026.11.22", true)]
    [InlineData("restored-aura-services-2026.11.22", true)]
    [InlineData("aura-services-2026.13.22", false)]
    [InlineData("aura-services2026.11.22", false)]
    [InlineData("2026.11.22", false)]
    [InlineData("", false)]
    public void An_index_names_its_day_at_its_end(string index, bool named) =>
        Assert.Equal(named ? new DateOnly(2026, 11, 22) : null, IndexDay.Parse(index));
}
