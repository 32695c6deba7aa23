using AuraLogs.Elasticsearch;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Kibana;
using AuraLogs.Lifecycle.Reconcile;
using AuraLogs.Lifecycle.Status;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AuraLogs.Lifecycle;

internal static class LifecycleRegistration
{
    /// <summary>Registers what the service and the commands need; <see cref="AddLifecycleManager"/> adds the loop.</summary>
    public static IServiceCollection AddLifecycle(
        this IServiceCollection services, LifecycleOptions options, KibanaOptions kibana, LifecycleNames names) => services
        .AddSingleton(options)
        .AddSingleton(kibana)
        .AddSingleton(names)
        .AddSingleton<ClusterApi>()
        .AddSingleton(provider => new Reconciler(
            provider.GetRequiredService<ClusterApi>(), options, names, provider.GetRequiredService<ElasticsearchOptions>().IsLocal,
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IndexAdoption>()
        .AddSingleton<LifecycleObserver>()
        .AddSingleton<KibanaClient>()
        .AddSingleton<DataViews>();

    /// <summary>Registers the reconcile loop, which opens the <see cref="IndexGate"/>.</summary>
    public static IServiceCollection AddLifecycleManager(this IServiceCollection services)
    {
        services.TryAddSingleton<IndexGate>();
        return services
            .AddSingleton<LifecycleProblems>()
            .AddSingleton<LifecycleMetrics>()
            .AddSingleton<LifecycleManager>()
            .AddHostedService(provider => provider.GetRequiredService<LifecycleManager>());
    }
}
