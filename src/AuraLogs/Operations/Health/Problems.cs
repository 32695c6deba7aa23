namespace AuraLogs.Operations.Health;

/// <summary>
/// What is wrong at this moment, said by the parts that know it and shown by health, status and the page.
/// A part raises its problem when it begins or changes and clears it when it is over.
/// </summary>
internal sealed class Problems(TimeProvider time)
{
    private const int MostPast = 50;

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
    public void Raise(string code, string sentence, bool stopsIntake = false, bool needsRestart = false)
    {
        lock (_changing)
        {
            var since = _current.TryGetValue(code, out var before) ? before.Since : time.GetUtcNow();
            _current[code] = new Problem(code, sentence, stopsIntake, needsRestart, since);
        }
    }

    public void Clear(string code)
    {
        lock (_changing)
        {
            if (!_current.Remove(code, out var over))
                return;
            if (_past.Count == MostPast)
                _past.Dequeue();
            _past.Enqueue(new PastProblem(over.Code, over.Sentence, over.Since, time.GetUtcNow()));
        }
    }
}
