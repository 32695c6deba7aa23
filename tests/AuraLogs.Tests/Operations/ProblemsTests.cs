using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Operations;

public sealed class ProblemsTests
{
    [Fact]
    public void A_problem_that_is_raised_again_keeps_its_beginning_and_takes_the_new_sentence()
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch.AddYears(50));
        var problems = new Problems(time);
        var began = time.GetUtcNow();
        problems.Raise("disk", "first");
        time.Advance(TimeSpan.FromMinutes(1));
        problems.Raise("disk", "second", stopsIntake: true);

        Assert.Equal([new Problem("disk", "second", true, false, began)], problems.Current);
    }

    [Fact]
    public void What_is_over_is_kept_with_its_end_and_the_latest_comes_first()
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch.AddYears(50));
        var problems = new Problems(time);
        problems.Raise("a", "a");
        problems.Raise("b", "b");
        time.Advance(TimeSpan.FromSeconds(5));
        problems.Clear("a");
        time.Advance(TimeSpan.FromSeconds(5));
        problems.Clear("b");
        problems.Clear("never raised");

        Assert.Empty(problems.Current);
        Assert.Equal(["b", "a"], problems.Past.Select(past => past.Code));
        Assert.Equal(TimeSpan.FromSeconds(10), problems.Past[0].Until - problems.Past[0].Since);
    }

    [Fact]
    public void A_problem_that_comes_and_goes_for_ever_takes_no_memory()
    {
        var problems = new Problems(TimeProvider.System);
        for (var i = 0; i < 1000; i++)
        {
            problems.Raise("flapping", $"{i}");
            problems.Clear("flapping");
        }

        Assert.Equal(50, problems.Past.Count);
        Assert.Equal("999", problems.Past[0].Sentence);
    }
}
