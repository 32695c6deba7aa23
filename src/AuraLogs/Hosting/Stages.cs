using AuraLogs.Queue;
using AuraLogs.Telemetry;

namespace AuraLogs.Hosting;

/// <summary>
/// Opens the queue and starts the stages once the operations port is open, so that health, metrics and status say what a start waits for: a disk that
/// can't be read, or a recovery that takes long. Until the last stage has started the problem <see cref="Code"/> keeps the service from being ready.
/// The stages stop, in the opposite order, before that port closes.
/// </summary>
internal sealed class Stages(IServiceProvider services, Problems problems) : IHostedLifecycleService
{
    public const string Code = "starting";

    /// <summary>A start that is over sooner leaves no line in the log and no past problem.</summary>
    public static readonly TimeSpan UsualStart = TimeSpan.FromSeconds(10);

    private static readonly object Key = typeof(Stages);

    private readonly Stack<IHostedService> _started = new();

    /// <summary>Makes a stage of every hosted service that was registered from an index on; the host starts those before it by itself.</summary>
    public static void AddTo(IServiceCollection services, int from)
    {
        for (var i = from; i < services.Count; i++)
        {
            if (services[i].ServiceType == typeof(IHostedService))
                services[i] = AsStage(services[i]);
        }

        services.AddHostedService<Stages>();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before Kestrel, which is the last to be started.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Waiting("the queue is being opened, and what is in it recovered");
        return Task.CompletedTask;
    }

    /// <exception cref="IOException">The queue's directory can't be used; the message says why.</exception>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<LogQueue>();
        Waiting("the queue is open, the stages are being started");
        foreach (var stage in services.GetKeyedServices<IHostedService>(Key))
        {
            await stage.StartAsync(cancellationToken);
            _started.Push(stage);
        }

        problems.Clear(Code);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var failures = new List<Exception>();
        while (_started.TryPop(out var stage))
        {
            try
            {
                await stage.StopAsync(cancellationToken);
            }
            catch (Exception e)
            {
                failures.Add(e); // the others stop all the same, as the host's own do
            }
        }

        if (failures.Count > 0)
            throw new AggregateException("Stages did not stop in order.", failures);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Waiting(string what) =>
        problems.Raise(Code, $"AuraLogs is starting: {what}. Logs are taken in once the start is over.", stopsIntake: true, quietFor: UsualStart);

    private static ServiceDescriptor AsStage(ServiceDescriptor service) => service switch
    {
        { ImplementationFactory: { } create } => ServiceDescriptor.KeyedSingleton(Key, (services, _) => (IHostedService)create(services)),
        { ImplementationType: { } type } => new ServiceDescriptor(typeof(IHostedService), Key, type, ServiceLifetime.Singleton),
        _ => throw new ArgumentException("A hosted service is registered with its type or a factory.", nameof(service)),
    };
}
