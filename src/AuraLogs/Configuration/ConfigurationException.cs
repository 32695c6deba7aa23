namespace AuraLogs.Configuration;

/// <summary>The configuration can't be used. It carries every mistake, each a sentence that starts with the key.</summary>
internal sealed class ConfigurationException(IReadOnlyList<string> mistakes) : Exception(string.Join(Environment.NewLine, mistakes))
{
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
