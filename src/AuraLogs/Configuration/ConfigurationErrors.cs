namespace AuraLogs.Configuration;

/// <summary>Collects every mistake in the configuration, so that the operator sees all of them at once.</summary>
internal sealed class ConfigurationErrors
{
    private readonly List<string> _messages = [];

    public IReadOnlyList<string> Messages => _messages;

    /// <param name="key">The full key, as in <c>AuraLogs:Queue:MaxBytes</c>.</param>
    /// <param name="message">What the value must be, as the rest of a sentence that starts with the key.</param>
    public void Add(string key, string message) => _messages.Add($"{key} {message}.");

    public void Require(bool condition, string key, string message)
    {
        if (!condition)
            Add(key, message);
    }
}
