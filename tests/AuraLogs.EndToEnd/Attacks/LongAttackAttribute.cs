namespace AuraLogs.EndToEnd.Attacks;

/// <summary>An attack that takes more of a machine than the usual run of the tests should: skipped unless <c>AURALOGS_ATTACK_SECONDS</c> says how long attacks last.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongAttackAttribute : FactAttribute
{
    public LongAttackAttribute() =>
        Skip = Environment.GetEnvironmentVariable("AURALOGS_ATTACK_SECONDS") is null ? "AURALOGS_ATTACK_SECONDS is not set, as it is for all attacks (docs/security.md)." : null;
}
