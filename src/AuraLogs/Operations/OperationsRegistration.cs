using System.Net;
using AuraLogs.Operations.Health;
using AuraLogs.Operations.Metrics;
using AuraLogs.Operations.Status;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AuraLogs.Operations;

/// <summary>What the composition root calls for the operations port.</summary>
internal static class OperationsRegistration
{
    public static IServiceCollection AddOperations(this IServiceCollection services, OperationsOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(options)
            .AddSingleton<Problems>()
            .AddSingleton<Clients>()
            .AddSingleton<AuraLogsMeter>()
            .AddSingleton<MetricCollector>()
            .AddSingleton<ProcessMetrics>()
            .AddSingleton<LedgerMetrics>()
            .AddSingleton<StatusReporter>();
    }

    public static void ListenForOperations(this KestrelServerOptions kestrel, OperationsOptions options) =>
        kestrel.Listen(IPAddress.Parse(options.Address), options.Port);

    /// <summary>Maps the endpoints, and starts to collect metrics: to be called before the host starts.</summary>
    public static void MapOperations(this WebApplication app)
    {
        var services = app.Services;
        var collector = services.GetRequiredService<MetricCollector>();
        services.GetRequiredService<ProcessMetrics>();
        services.GetRequiredService<LedgerMetrics>();
        app.MapHealth(services.GetRequiredService<Problems>());
        app.MapGet("/metrics", (HttpResponse response) => WriteMetricsAsync(collector, response));
        var reporter = services.GetRequiredService<StatusReporter>();
        app.MapGet("/api/status", () => Results.Json(reporter.Report(), OperationsJson.Default.StatusReport));
    }

    private static async Task WriteMetricsAsync(MetricCollector collector, HttpResponse response)
    {
        response.ContentType = PrometheusText.ContentType;
        PrometheusText.Write(collector.Collect(), response.BodyWriter);
        await response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);
    }
}
