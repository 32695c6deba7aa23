using AuraLogs.Forward.Listening;

namespace AuraLogs.Forward;

internal static class ForwardRegistration
{
    /// <summary>Adds the forward source, which runs from the host's start to its stop. Needs the queue and operations.</summary>
    public static IServiceCollection AddForward(this IServiceCollection services, ForwardOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<AckMemory>();
        services.AddSingleton<ForwardMetrics>();
        services.AddSingleton<ForwardListener>();
        services.AddHostedService(provider => provider.GetRequiredService<ForwardListener>());
        return services;
    }
}
