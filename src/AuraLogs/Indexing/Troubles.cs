using AuraLogs.Operations.Health;

namespace AuraLogs.Indexing;

/// <summary>
/// What holds up requests, as problems of the service: a problem lasts as long as some request is held up by it, so one
/// index that is blocked stays visible while others go on.
/// </summary>
internal sealed class Troubles(Problems problems)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, string> _codes = [];

    /// <param name="holder">The request that is held up.</param>
    /// <param name="code">The problem's name.</param>
    /// <param name="sentence">The problem for a person.</param>
    public void Set(object holder, string code, string sentence)
    {
        lock (_lock)
        {
            Remove(holder, unless: code);
            _codes[holder] = code;
            problems.Raise(code, sentence);
        }
    }

    public void Clear(object holder)
    {
        lock (_lock)
            Remove(holder, unless: null);
    }

    private void Remove(object holder, string? unless)
    {
        if (!_codes.TryGetValue(holder, out var code) || code == unless)
            return;
        _codes.Remove(holder);
        if (!_codes.ContainsValue(code))
            problems.Clear(code);
    }
}
