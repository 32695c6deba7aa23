using AuraLogs.Operations.Access;
using AuraLogs.Telemetry;

namespace AuraLogs.Operations.Health;

/// <summary>
/// <c>/healthz</c>: the process lives, and a restart would help against nothing (a loop that dies takes the process down with it); 503 with the
/// reasons when one would. <c>/readyz</c>: logs can be taken; 503 with the reasons when they can't.
/// </summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints, Problems problems)
    {
        OpenToAll.On(endpoints.MapGet("/healthz", () => Answer(problems.Current, problem => problem.NeedsRestart)));
        OpenToAll.On(endpoints.MapGet("/readyz", () => Answer(problems.Current, problem => problem.StopsIntake)));
    }

    private static IResult Answer(IReadOnlyList<Problem> problems, Func<Problem, bool> fails) => Results.Json(
        new HealthReport(HealthReport.StatusOf(problems), problems),
        OperationsJson.Default.HealthReport,
        statusCode: problems.Any(fails) ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
}
