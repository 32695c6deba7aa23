using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace AuraLogs.Tests.Regressions;

/// <summary>Three minutes without Elasticsearch, with 58,000 events waiting, left not one line in the log: problems were for the page alone.</summary>
public sealed class SilentProblemsTests
{
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
    private readonly Lines _lines = new();

    [Fact]
    public void A_problem_is_one_line_when_it_begins_and_one_when_it_is_over()
    {
        var problems = new Problems(_time, _lines);
        problems.Raise("elasticsearch-unavailable", "Elasticsearch does not answer.");
        problems.Raise("elasticsearch-unavailable", "Elasticsearch does not answer still.");
        Assert.Equal(
            [(LogLevel.Warning, "Problem elasticsearch-unavailable since 2026-03-04 05:06:07Z, logs are still taken in: Elasticsearch does not answer.")],
            _lines.Written);

        _time.Advance(TimeSpan.FromSeconds(90));
        problems.Clear("elasticsearch-unavailable");
        problems.Clear("elasticsearch-unavailable");
        Assert.Equal((LogLevel.Information, "Problem elasticsearch-unavailable is over after 90 s, since 2026-03-04 05:06:07Z."), Assert.Single(_lines.Written.Skip(1)));
    }

    [Fact]
    public void A_problem_that_lasts_is_said_again_every_five_minutes_as_it_is_then()
    {
        var problems = new Problems(_time, _lines);
        problems.Raise("queue-full", "The queue is full.", stopsIntake: true);
        for (var second = 0; second < 900; second += 10)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            problems.Raise("queue-full", $"The queue is full for {second + 10} s.", stopsIntake: true);
            problems.Remind();
        }

        const string Head = "Problem queue-full since 2026-03-04 05:06:07Z, no logs are taken in: The queue is full";
        Assert.Equal(
            [(LogLevel.Error, $"{Head}."), (LogLevel.Error, $"{Head} for 300 s."), (LogLevel.Error, $"{Head} for 600 s."), (LogLevel.Error, $"{Head} for 900 s.")],
            _lines.Written);
    }

    [Fact]
    public void A_problem_that_becomes_worse_is_said_at_once()
    {
        var problems = new Problems(_time, _lines);
        problems.Raise("queue-stuck", "The disk hangs.");
        problems.Raise("queue-stuck", "The disk hangs.", stopsIntake: true, needsRestart: true);
        Assert.Equal([LogLevel.Warning, LogLevel.Error], _lines.Written.Select(line => line.Level));
        Assert.Contains("only a restart helps", _lines.Written[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_problem_that_is_usual_for_a_moment_is_said_only_when_it_lasts()
    {
        var problems = new Problems(_time, _lines);
        for (var seconds = 9; seconds <= 10; seconds++)
        {
            problems.Raise("starting", "The queue is being opened.", stopsIntake: true, quietFor: TimeSpan.FromSeconds(10));
            Assert.Single(problems.Current);
            _time.Advance(TimeSpan.FromSeconds(seconds));
            problems.Raise("starting", "The stages are being started.", stopsIntake: true, quietFor: TimeSpan.FromSeconds(10));
            problems.Remind();
            problems.Clear("starting");
        }

        Assert.Equal("starting", Assert.Single(problems.Past).Code);
        Assert.Equal(
            [
                "Problem starting since 2026-03-04 05:06:16Z, no logs are taken in: The stages are being started.",
                "Problem starting is over after 10 s, since 2026-03-04 05:06:16Z.",
            ],
            _lines.Written.Select(line => line.Text));
    }

    private sealed class Lines : ILogger<Problems>
    {
        public List<(LogLevel Level, string Text)> Written { get; } = [];

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((logLevel, formatter(state, exception)));

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
