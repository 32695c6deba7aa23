using System.Collections.Concurrent;

namespace AuraLogs.Operations.Health;

/// <summary>
/// What is wrong at this moment, said by the parts that know it and shown by health, status and the page.
/// A part raises its problem when it begins or changes and clears it when it is over.
/// </summary>
internal sealed class Problems(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Problem> _current = new(StringComparer.Ordinal);

    /// <summary>The problems of this moment, the oldest first.</summary>
    public IReadOnlyList<Problem> Current => [.. _current.Values.OrderBy(problem => problem.Since)];

    /// <param name="code">A stable name in kebab case, as in <c>queue-full</c>.</param>
    /// <param name="sentence">What is wrong and what helps, for a person. No log contents, no secrets.</param>
    /// <param name="stopsIntake">Whether logs can't be taken while it lasts, so that <c>/readyz</c> fails.</param>
    public void Raise(string code, string sentence, bool stopsIntake = false) =>
        _current.AddOrUpdate(
            code,
            _ => new Problem(code, sentence, stopsIntake, time.GetUtcNow()),
            (_, before) => before with { Sentence = sentence, StopsIntake = stopsIntake });

    public void Clear(string code) => _current.TryRemove(code, out _);
}
