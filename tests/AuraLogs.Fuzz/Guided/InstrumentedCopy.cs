using SharpFuzz;

namespace AuraLogs.Fuzz.Guided;

/// <summary>A copy of this program in a directory of its own, in which the product's code counts the edges that it passes.</summary>
internal sealed class InstrumentedCopy : IDisposable
{
    private static readonly string[] Assemblies = ["auralogs.dll", "AuraLogs.LocalElasticsearch.dll"];

    private readonly string _directory = Directory.CreateTempSubdirectory("auralogs-fuzz-").FullName;

    public InstrumentedCopy()
    {
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_directory, Path.GetRelativePath(AppContext.BaseDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        foreach (var assembly in Assemblies)
            Fuzzer.Instrument(Path.Combine(_directory, assembly), type => type.StartsWith("AuraLogs.", StringComparison.Ordinal), Options.Value);
    }

    /// <summary>What to start.</summary>
    public string Program => Path.Combine(_directory, "AuraLogs.Fuzz.dll");

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
