namespace AuraLogs.Tests.Architecture;

/// <summary>The files of the repository that the tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "AuraLogs.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("The tests are not within the repository.");
        return directory.FullName;
    }
}
