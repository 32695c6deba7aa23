using AuraLogs.Operations.Access;

namespace AuraLogs.Operations.Health;

/// <summary>
/// <c>/healthz</c>: the process lives (always 200: a loop that dies takes the process down with it, and a restart helps
/// against nothing else). <c>/readyz</c>: logs can be taken; 503 with the reasons when they can't.
/// </summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints, Problems problems)
    {
        OpenToAll.On(endpoints.MapGet("/healthz", () => Answer(problems.Current, failsWhenUnavailable: false)));
        OpenToAll.On(endpoints.MapGet("/readyz", () => Answer(problems.Current, failsWhenUnavailable: true)));
    }

    private static IResult Answer(IReadOnlyList<Problem> problems, bool failsWhenUnavailable)
    {
        var unavailable = problems.Any(problem => problem.StopsIntake);
        return Results.Json(
            new HealthReport(HealthReport.StatusOf(problems), problems),
            OperationsJson.Default.HealthReport,
            statusCode: unavailable && failsWhenUnavailable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}
