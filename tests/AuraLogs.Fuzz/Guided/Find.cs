namespace AuraLogs.Fuzz.Guided;

/// <summary>An input that broke something.</summary>
/// <param name="Target">Of which target.</param>
/// <param name="What">What broke.</param>
/// <param name="Input">The input.</param>
internal sealed record Find(string Target, string What, byte[] Input)
{
    private const string Extension = ".find";

    /// <summary>Writes it into a directory, as a file of its own with what broke in its first line.</summary>
    public void Save(string directory)
    {
        var name = $"{Target}-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Input))[..12]}{Extension}";
        File.WriteAllText(Path.Combine(directory, name), $"# {What.ReplaceLineEndings(" | ")}\n{Convert.ToBase64String(Input)}\n");
    }

    public static IEnumerable<string> In(string directory) => Directory.EnumerateFiles(directory, $"*{Extension}").Order(StringComparer.Ordinal);
}
