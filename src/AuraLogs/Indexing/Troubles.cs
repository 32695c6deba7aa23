using AuraLogs.Telemetry;

namespace AuraLogs.Indexing;

/// <summary>
/// What holds up requests, as problems of the service: a problem lasts as long as some request is held up by it, so one
/// index that is blocked stays visible while others go on. Its sentence is what the requests say of it, each thing once.
/// </summary>
internal sealed class Troubles(Problems problems)
{
    private const int MostSentences = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<object, (string Code, IReadOnlyList<string> Sentences)> _held = [];

    /// <param name="holder">The request that is held up.</param>
    /// <param name="code">The problem's name.</param>
    /// <param name="sentences">The problem for a person; more than one where it concerns several indices.</param>
    public void Set(object holder, string code, params IReadOnlyList<string> sentences)
    {
        lock (_lock)
        {
            Remove(holder, unless: code);
            _held[holder] = (code, sentences);
            problems.Raise(code, SentenceOf(code));
        }
    }

    public void Clear(object holder)
    {
        lock (_lock)
            Remove(holder, unless: null);
    }

    private void Remove(object holder, string? unless)
    {
        if (!_held.TryGetValue(holder, out var trouble) || trouble.Code == unless)
            return;
        _held.Remove(holder);
        if (_held.Values.Any(held => held.Code == trouble.Code))
            problems.Raise(trouble.Code, SentenceOf(trouble.Code));
        else
            problems.Clear(trouble.Code);
    }

    private string SentenceOf(string code)
    {
        var sentences = _held.Values.Where(held => held.Code == code).SelectMany(held => held.Sentences).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return string.Join(' ', sentences.Take(MostSentences)) + (sentences.Count > MostSentences ? $" And {sentences.Count - MostSentences} more." : "");
    }
}
