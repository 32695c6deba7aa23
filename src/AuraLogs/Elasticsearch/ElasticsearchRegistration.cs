using AuraLogs.Elasticsearch.Nodes;
using AuraLogs.Memory;

namespace AuraLogs.Elasticsearch;

internal static class ElasticsearchRegistration
{
    /// <summary>Registers the <see cref="ElasticsearchClient"/>, and what watches its nodes where there is a host.</summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="options">The validated options.</param>
    /// <param name="localAddress">Where the local Elasticsearch listens; asked at the first request, and only when it is used.</param>
    public static IServiceCollection AddElasticsearch(
        this IServiceCollection services, ElasticsearchOptions options, Func<IServiceProvider, Uri> localAddress)
    {
        services.AddSingleton(options);
        services.AddSingleton(
            provider => new ElasticsearchClient(
                options,
                () => localAddress(provider),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<ElasticsearchMetrics>(),
                provider.GetService<MemoryBudgets>()?.Answers));
        return services.AddHostedService<NodeWatch>();
    }
}
