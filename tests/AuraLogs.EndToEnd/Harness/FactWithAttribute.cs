namespace AuraLogs.EndToEnd.Harness;

/// <summary>A test that needs programs or files which a machine may lack; then it is skipped, and says what is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWithAttribute : FactAttribute
{
    /// <param name="needed">Names of programs on the PATH, or paths below <see cref="Tools.Directory"/> that start with <c>node_modules/</c>.</param>
    public FactWithAttribute(params string[] needed)
    {
        var missing = needed.Where(name => !IsThere(name)).ToList();
        if (missing.Count > 0)
            Skip = $"This machine lacks {string.Join(", ", missing)}. .ci/install-tools brings what the package registries have.";
    }

    private static bool IsThere(string name) =>
        name.StartsWith("node_modules/", StringComparison.Ordinal)
            ? System.IO.Directory.Exists(Path.Combine(Tools.Directory, name))
            : Tools.Find(name) is not null;
}
