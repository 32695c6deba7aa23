using System.Buffers;
using AuraLogs.Operations.Access;
using Prometheus;

namespace AuraLogs.Operations.Metrics;

/// <summary><c>/metrics</c>, written by prometheus-net's middleware.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder endpoints, MetricRegistry metrics)
    {
        var endpoint = endpoints.MapMetrics(settings =>
        {
            settings.Registry = metrics.Exposed;

            // Of OpenMetrics' two differences one would break rules: it writes le="1.0" where the text format writes le="1".
            settings.EnableOpenMetrics = false;
        });
        OpenToAll.On(endpoint).WithMetadata(new HttpMethodMetadata([HttpMethods.Get])).Add(builder =>
        {
            var middleware = builder.RequestDelegate!;
            builder.RequestDelegate = context => WriteAsync(metrics, middleware, context);
        });
    }

    private static async Task WriteAsync(MetricRegistry metrics, RequestDelegate middleware, HttpContext context)
    {
        var body = context.Response.Body;
        var writer = context.Response.BodyWriter;
        await metrics.AloneAsync(
            async text =>
            {
                context.Response.Body = text;
                try
                {
                    await middleware(context);
                }
                finally
                {
                    context.Response.Body = body;
                }
            },
            text =>
            {
                writer.Write(text);
                return true;
            },
            context.RequestAborted);
        await writer.FlushAsync(context.RequestAborted);
    }
}
