using AuraLogs.Operations.Access;

namespace AuraLogs.Operations.Status;

/// <summary><c>/api/status</c>: this moment; <c>/api/status/history</c>: the last ten minutes, or what is new since <c>?after=</c> (Unix seconds).</summary>
internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder endpoints, StatusReporter reporter, StatusSampler sampler)
    {
        OpenToAll.On(endpoints.MapGet("/api/status", () => Results.Json(reporter.Report(), OperationsJson.Default.StatusReport)));
        OpenToAll.On(endpoints.MapGet(
            "/api/status/history", (long? after) => Results.Json(sampler.HistoryAfter(after ?? 0), OperationsJson.Default.StatusHistory)));
    }
}
