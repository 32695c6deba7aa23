using AuraLogs.LoadTests.Faults;

namespace AuraLogs.Faults;

/// <summary>A test that needs programs which a machine may lack; then it is skipped, and says what is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsAttribute : FactAttribute
{
    public NeedsAttribute(params string[] programs) => Skip = Missing(programs);

    public static string? Missing(params string[] programs)
    {
        if (!OperatingSystem.IsLinux())
            return "The faults are Linux' own.";
        var missing = programs.Where(program => Programs.Find(program) is null).ToList();
        return missing.Count == 0 ? null : $"This machine lacks {string.Join(", ", missing)}. .ci/install-tools brings what Debian has.";
    }
}
