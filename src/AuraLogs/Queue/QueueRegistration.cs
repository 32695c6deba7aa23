using AuraLogs.Memory;
using AuraLogs.Queue.Disk;
using AuraLogs.Telemetry;

namespace AuraLogs.Queue;

/// <summary>Registers the queue.</summary>
internal static class QueueRegistration
{
    /// <summary>One <see cref="LogQueue"/>, opened when it is first asked for.</summary>
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
            queue.Start(provider.GetRequiredService<Loops>());
            return queue;
        });
        services.AddHostedService(provider => new QueueWatchdog(
            provider.GetRequiredService<LogQueue>(),
            provider.GetRequiredService<Problems>(),
            provider.GetRequiredService<Loops>(),
            provider.GetRequiredService<TimeProvider>(),
            Environment.FailFast));
        return services;
    }
}
