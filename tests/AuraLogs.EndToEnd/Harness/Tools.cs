namespace AuraLogs.EndToEnd.Harness;

/// <summary>Others' programs that tests run the product with. <c>.ci/install-tools</c> brings them.</summary>
internal static class Tools
{
    /// <summary>Where npm's packages, helm and kubectl are: <c>AURALOGS_TOOLS</c>, or the user's cache.</summary>
    public static string Directory { get; } =
        Environment.GetEnvironmentVariable("AURALOGS_TOOLS")
        ?? Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "auralogs-tools");

    /// <summary>The path of a program, or null when this machine has none of that name.</summary>
    public static string? Find(string program) =>
        Path.IsPathRooted(program)
            ? (File.Exists(program) ? program : null)
            : Environment.GetEnvironmentVariable("PATH")!.Split(':')
                .Prepend(Path.Combine(Directory, "bin"))
                .Select(folder => Path.Combine(folder, program))
                .FirstOrDefault(File.Exists);

    public static string NodePackage(string name) => Path.Combine(Directory, "node_modules", name);
}
