namespace AuraLogs.EndToEnd.Harness;

/// <summary>A directory of the test's own, gone after it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("auralogs-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
