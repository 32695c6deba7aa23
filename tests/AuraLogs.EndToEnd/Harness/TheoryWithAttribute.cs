namespace AuraLogs.EndToEnd.Harness;

/// <summary><see cref="FactWithAttribute"/> for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryWithAttribute : TheoryAttribute
{
    public TheoryWithAttribute(params string[] needed) => Skip = new FactWithAttribute(needed).Skip;
}
