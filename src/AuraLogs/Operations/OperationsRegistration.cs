using System.Net;
using AuraLogs.Elasticsearch;
using AuraLogs.Forward;
using AuraLogs.Indexing.Conflicts;
using AuraLogs.Operations.Access;
using AuraLogs.Operations.Health;
using AuraLogs.Operations.Logs;
using AuraLogs.Operations.Metrics;
using AuraLogs.Operations.Page;
using AuraLogs.Operations.Status;
using AuraLogs.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace AuraLogs.Operations;

/// <summary>What the composition root calls for the operations port.</summary>
internal static class OperationsRegistration
{
    public static IServiceCollection AddOperations(this IServiceCollection services, OperationsOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FieldConflicts>();
        return services
            .AddSingleton(options)
            .AddSingleton<Problems>()
            .AddSingleton<Loops>()
            .AddSingleton<Clients>()
            .AddSingleton<AuraLogsMeter>()
            .AddSingleton<MetricRegistry>()
            .AddSingleton<ProcessMetrics>()
            .AddSingleton<HealthMetrics>()
            .AddSingleton<ElasticsearchMetrics>()
            .AddSingleton<OperationsMetrics>()
            .AddSingleton<MemoryMetrics>()
            .AddSingleton<OperationsToken>()
            .AddSingleton<AccessControl>()
            .AddSingleton<StatusSampler>()
            .AddSingleton<StatusReporter>()
            .AddSingleton<LogSearch>()
            .AddSingleton<IConnectionListenerFactory>(provider => new BoundedListenerFactory(
                options.MaxConnections + OperationsConnections.OnTheirWay,
                provider.GetRequiredService<IOptions<SocketTransportOptions>>(),
                provider.GetRequiredService<ILoggerFactory>()))
            .AddHostedService<ProblemReminder>()
            .AddHostedService(provider => provider.GetRequiredService<StatusSampler>());
    }

    /// <summary>What looks at the stages from outside and raises the problems that none of them can know by itself.</summary>
    public static IServiceCollection AddWatches(this IServiceCollection services) =>
        services.AddHostedService<IndexingWatch>().AddHostedService<DeadLetterWatch>();

    public static void ListenForOperations(this KestrelServerOptions kestrel, OperationsOptions options)
    {
        kestrel.Limits.KeepAliveTimeout = options.IdleTimeout;
        kestrel.Limits.RequestHeadersTimeout = options.IdleTimeout;
        var connections = new OperationsConnections(options.MaxConnections);
        kestrel.Listen(
            IPAddress.Parse(options.Address), options.Port, listener => listener.Use(next => connection => connections.RunAsync(connection, next)));
    }

    /// <summary>Maps the endpoints, and starts to count: to be called before the host starts.</summary>
    public static void MapOperations(this WebApplication app)
    {
        var services = app.Services;
        var metrics = services.GetRequiredService<MetricRegistry>();

        // What OTLP sends, if anything; it too counts from here on.
        services.GetService<MeterProvider>();
        services.GetRequiredService<ProcessMetrics>();
        services.GetRequiredService<HealthMetrics>();
        services.GetRequiredService<MemoryMetrics>();
        var access = services.GetRequiredService<AccessControl>();
        app.Use(next => context => access.InvokeAsync(context, next));
        app.MapHealth(services.GetRequiredService<Problems>());
        app.MapMetrics(metrics);
        app.MapStatus(services.GetRequiredService<StatusReporter>(), services.GetRequiredService<StatusSampler>());
        app.MapPage();
        var options = services.GetRequiredService<OperationsOptions>();
        var servesLogs = ServesLogs(options, services.GetRequiredService<ElasticsearchOptions>());
        app.MapSession(options, access, services.GetRequiredService<OperationsToken>(), services.GetRequiredService<OperationsMetrics>(), servesLogs);
        if (servesLogs)
            app.MapLogs(services.GetRequiredService<LogSearch>(), options.MaxSearches);
    }

    private static bool ServesLogs(OperationsOptions options, ElasticsearchOptions elasticsearch) => options.Logs switch
    {
        LogsServed.None => false,
        LogsServed.Local => elasticsearch.IsLocal,
        _ => true,
    };
}
