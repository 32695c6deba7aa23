using AuraLogs.Elasticsearch;
using AuraLogs.Indexing.Conflicts;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Indexing.Documents;
using AuraLogs.Indexing.Judging;
using AuraLogs.Indexing.Sending;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AuraLogs.Indexing;

internal static class IndexingRegistration
{
    /// <summary>Registers the way from the queue to the index. Whoever manages the templates opens the <see cref="IndexGate"/>.</summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="options">The validated options.</param>
    /// <param name="retentionDays">For how many days an index is written to; older events go to the oldest that still is.</param>
    /// <param name="warmAfterDays">After how many days our own policy makes an index read-only; null when it does not.</param>
    public static IServiceCollection AddIndexing(this IServiceCollection services, IndexingOptions options, int retentionDays, int? warmAfterDays = null)
    {
        services.TryAddSingleton<FieldConflicts>();
        return services
            .AddSingleton(options)
            .AddSingleton<IndexGate>()
            .AddSingleton<BulkPath>()
            .AddSingleton<BulkRequests>()
            .AddSingleton<DeadLetterWriter>()
            .AddSingleton<DeadLetterFile>()
            .AddSingleton<DeadLetterLog>()
            .AddSingleton<DeadLetterStore>()
            .AddSingleton<DeadLetterHandler>()
            .AddSingleton<Acceptance>()
            .AddSingleton<WaitingDeliveries>()
            .AddSingleton<RefusalHandler>()
            .AddSingleton<MappedFields>()
            .AddSingleton<ConflictHealer>()
            .AddSingleton(provider => new WarmIndices(
                provider.GetRequiredService<ElasticsearchClient>(), options, warmAfterDays, provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<LateItems>()
            .AddSingleton<VerdictHandler>()
            .AddSingleton<BulkSender>()
            .AddSingleton<Reachability>()
            .AddSingleton<Troubles>()
            .AddSingleton<IndexingMetrics>()
            .AddSingleton(new RequestSize(options.MaxRequestBytes))
            .AddSingleton(provider => new ConcurrencyLimit(options.MaxConcurrentRequests, provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => ActivatorUtilities.CreateInstance<EntryEncoder>(provider, retentionDays))
            .AddSingleton<BulkDelivery>()
            .AddHostedService<Indexer>()
            .AddHostedService<DeadLetterRetry>();
    }
}
