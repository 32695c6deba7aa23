using AuraLogs.Operations.Access;

namespace AuraLogs.Operations.Metrics;

/// <summary><c>/metrics</c>.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder endpoints, MetricCollector collector) =>
        OpenToAll.On(endpoints.MapGet("/metrics", (HttpResponse response) => WriteAsync(collector, response)));

    private static async Task WriteAsync(MetricCollector collector, HttpResponse response)
    {
        response.ContentType = PrometheusText.ContentType;
        PrometheusText.Write(collector.Collect(), response.BodyWriter);
        await response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);
    }
}
