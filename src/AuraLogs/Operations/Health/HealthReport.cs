using AuraLogs.Telemetry;

namespace AuraLogs.Operations.Health;

/// <param name="Status"><c>ok</c>, <c>degraded</c> (works, with problems) or <c>unavailable</c> (takes no logs).</param>
/// <param name="Problems">The oldest first.</param>
internal sealed record HealthReport(string Status, IReadOnlyList<Problem> Problems)
{
    public static string StatusOf(IReadOnlyList<Problem> problems) =>
        problems.Any(problem => problem.StopsIntake) ? "unavailable" : problems.Count > 0 ? "degraded" : "ok";
}
