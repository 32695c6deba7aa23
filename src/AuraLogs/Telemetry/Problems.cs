using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Telemetry;

/// <summary>
/// What is wrong at this moment, said by the parts that know it and shown by health, status and the page.
/// A part raises its problem when it begins or changes and clears it when it is over. Both are a line in the log, and while a problem
/// lasts it is said again from time to time (<see cref="Remind"/>): what a person reads on the page stands in the log as well.
/// </summary>
internal sealed partial class Problems(TimeProvider time, ILogger<Problems>? logger = null)
{
    /// <summary>Between two lines on a problem that lasts.</summary>
    public static readonly TimeSpan ReminderInterval = TimeSpan.FromMinutes(5);

    private const int MostPast = 50;

    private readonly ILogger _logger = logger ?? NullLogger<Problems>.Instance;
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);

    private readonly Lock _changing = new();
    private readonly Dictionary<string, Problem> _current = new(StringComparer.Ordinal);
    private readonly Queue<PastProblem> _past = new();

    /// <summary>The problems of this moment, the oldest first.</summary>
    public IReadOnlyList<Problem> Current
    {
        get
        {
            lock (_changing)
                return [.. _current.Values.OrderBy(problem => problem.Since)];
        }
    }

    /// <summary>Problems that are over, the latest end first; the last 50 are kept.</summary>
    public IReadOnlyList<PastProblem> Past
    {
        get
        {
            lock (_changing)
                return [.. _past.Reverse()];
        }
    }

    /// <param name="code">A stable name in kebab case, as in <c>queue-full</c>.</param>
    /// <param name="sentence">What is wrong and what helps, for a person. No log contents, no secrets.</param>
    /// <param name="stopsIntake">Whether logs can't be taken while it lasts, so that <c>/readyz</c> fails.</param>
    /// <param name="needsRestart">Whether only a new process helps, so that <c>/healthz</c> fails.</param>
    /// <param name="since">When it began, where that is not the moment at which it is first raised.</param>
    /// <param name="quietFor">For how long the log says nothing of it; if it is over by then, it is no past problem either. Default: not at all.</param>
    public void Raise(
        string code, string sentence, bool stopsIntake = false, bool needsRestart = false, DateTimeOffset? since = null, TimeSpan quietFor = default)
    {
        lock (_changing)
        {
            var began = _current.TryGetValue(code, out var before) ? before.Since : since ?? time.GetUtcNow();
            var problem = new Problem(code, sentence, stopsIntake, needsRestart, began);
            _current[code] = problem;
            if (before is null && quietFor > TimeSpan.Zero)
                _lines[code] = new Line(time.GetTimestamp(), quietFor, IsSaid: false);
            else if (before is null || ConsequenceOf(problem) != ConsequenceOf(before))
                Say(problem);
        }
    }

    /// <summary>Logs each problem whose last line is <see cref="ReminderInterval"/> ago, or that was to be quiet until now, as it is now.</summary>
    public void Remind()
    {
        lock (_changing)
        {
            foreach (var problem in _current.Values)
            {
                if (_lines[problem.Code] is var line && time.GetElapsedTime(line.At) >= line.UntilNext)
                    Say(problem);
            }
        }
    }

    public void Clear(string code)
    {
        lock (_changing)
        {
            if (!_current.Remove(code, out var over))
                return;
            _lines.Remove(code, out var line);
            if (!line.IsSaid)
                return;
            if (_past.Count == MostPast)
                _past.Dequeue();
            var now = time.GetUtcNow();
            _past.Enqueue(new PastProblem(over.Code, over.Sentence, over.Since, now));
            var since = Moment(over.Since);
            LogOver(code, (long)(now - over.Since).TotalSeconds, since);
        }
    }

    private void Say(Problem problem)
    {
        _lines[problem.Code] = new Line(time.GetTimestamp(), ReminderInterval, IsSaid: true);
        var (level, since, consequence) = (LevelOf(problem), Moment(problem.Since), ConsequenceOf(problem));
        LogProblem(level, problem.Code, since, consequence, problem.Sentence);
    }

    private static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);

    private static LogLevel LevelOf(Problem problem) => problem.StopsIntake || problem.NeedsRestart ? LogLevel.Error : LogLevel.Warning;

    private static string ConsequenceOf(Problem problem) => (problem.StopsIntake, problem.NeedsRestart) switch
    {
        (_, true) => "only a restart helps",
        (true, _) => "no logs are taken in",
        _ => "logs are still taken in",
    };

    /// <param name="At">When it was written, or the problem began.</param>
    /// <param name="UntilNext">How long after that the next one is due.</param>
    /// <param name="IsSaid">Whether there was one.</param>
    private readonly record struct Line(long At, TimeSpan UntilNext, bool IsSaid);

    [LoggerMessage("Problem {Code} since {Since}, {Consequence}: {Sentence}")]
    private partial void LogProblem(LogLevel level, string code, string since, string consequence, string sentence);

    [LoggerMessage(LogLevel.Information, "Problem {Code} is over after {Seconds} s, since {Since}.")]
    private partial void LogOver(string code, long seconds, string since);
}
