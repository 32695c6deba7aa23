namespace AuraLogs.EndToEnd.Deploy;

/// <summary>The checkout that the tests were built from: what is deployed isn't built.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AuraLogs.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No AuraLogs.sln above {AppContext.BaseDirectory}.");
        return folder.FullName;
    }
}
