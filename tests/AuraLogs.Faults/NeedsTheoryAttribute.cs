namespace AuraLogs.Faults;

/// <summary><see cref="NeedsAttribute"/> for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsTheoryAttribute : TheoryAttribute
{
    public NeedsTheoryAttribute(params string[] programs) => Skip = NeedsAttribute.Missing(programs);
}
