using AuraLogs.Memory;
using AuraLogs.Operations.Health;
using AuraLogs.Operations.Metrics;
using AuraLogs.Queue.Disk;

namespace AuraLogs.Queue;

/// <summary>Registers the queue.</summary>
internal static class QueueServices
{
    /// <summary>One <see cref="LogQueue"/>, opened when it is first asked for; if it can't go on, the host stops.</summary>
    public static IServiceCollection AddQueue(this IServiceCollection services, QueueOptions options)
    {
        services.AddSingleton<QueueMetrics>();
        services.AddSingleton(provider =>
        {
            var queue = new LogQueue(
                FileQueueDisk.OpenDirectory(options.Path),
                QueueLayout.For(options),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<Problems>(),
                provider.GetRequiredService<QueueMetrics>(),
                provider.GetRequiredService<ILogger<LogQueue>>(),
                provider.GetRequiredService<MemoryBudgets>().Reading.Rent);
            queue.Start();
            return queue;
        });
        services.AddHostedService<QueueGuard>();
        services.AddHostedService(provider => new QueueWatchdog(
            provider.GetRequiredService<LogQueue>(),
            provider.GetRequiredService<Problems>(),
            provider.GetRequiredService<TimeProvider>(),
            Environment.FailFast));
        return services;
    }
}
