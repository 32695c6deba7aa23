using AuraLogs.Configuration;
using AuraLogs.Elasticsearch;
using AuraLogs.Forward;
using AuraLogs.Forward.Listening;
using AuraLogs.Hosting.Secrets;
using AuraLogs.Hosting.Settings;
using AuraLogs.Hosting.Start;
using AuraLogs.Indexing;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Memory;
using AuraLogs.Operations;
using AuraLogs.Operations.Export;
using AuraLogs.Operations.Logging;
using AuraLogs.Queue;
using AuraLogs.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AuraLogs.Hosting;

/// <summary>
/// The composition root. The operations port opens first, so that it tells what a start waits for; then the queue is opened and the stages start
/// (<see cref="Stages"/>) in the order in which they are added, from the end of the way of the data to its beginning. They stop in the opposite order:
/// intake ends first, then what was taken is committed, acknowledged and, as far as a few seconds allow, indexed.
/// </summary>
internal static class Service
{
    /// <summary>All of the stop, under the 10 s that users expect; the container's grace period must be longer.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);

    /// <summary>When the process ends whatever still hangs, a disk that does not answer for one; under the 30 s that Kubernetes waits.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    /// <param name="arguments">The settings on the command line.</param>
    /// <param name="signals">Handled from the first moment of the process on.</param>
    /// <returns>The exit code: see <see cref="ExitCode"/>.</returns>
    /// <exception cref="ConfigurationException">The configuration can't be used.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, ServiceSignals signals)
    {
        // 1. The configuration, and what the machine must give.
        var configuration = ConfigurationLoader.Load(arguments);
        var (mistakes, missing) = (new ConfigurationErrors(), new ConfigurationErrors());
        var warnings = StartWarnings.Find(configuration.Options, arguments);
        var lowered = FileDescriptors.Bound(configuration.Options, FileDescriptors.RaiseLimit(), mistakes);
        var memory = MemoryPlan.Fit(configuration.Options, configuration.IsSet, MemoryPlan.MemoryOfMachine, mistakes);
        StartChecks.Run(configuration.Options, missing);
        if (mistakes.Messages.Count > 0)
            throw new ConfigurationException([.. mistakes.Messages, .. missing.Messages]);
        if (missing.Messages.Count > 0)
            return await RefuseAsync(missing.Messages);

        // 2. The start: the operations port, then the way of the data from its end to its beginning.
        var compiling = HotPath.CompileAsync();
        var app = Build(configuration, memory, signals);
        using var supervisor = Supervise(app);
        StartWarnings.Say(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(StartWarnings)), warnings);
        try
        {
            app.MapOperations();
            await app.StartAsync();
        }
        catch (Exception) when (signals.EndsStart)
        {
            return ExitCode.Good;
        }
        catch (Exception e)
        {
            await app.DisposeAsync();
            return await RefuseAsync([StartFailure.Describe(e, configuration.Options)]);
        }

        if (lowered is not null)
            app.Services.GetRequiredService<ILogger<Announcement>>().Lowered(lowered);
        Announce(app, configuration.Options);
        _ = app.Services.GetRequiredService<Loops>().RunOnceAsync("hot path compiler", compiling);

        // 3. The stop, once somebody asks for it.
        signals.Started(app.Lifetime.StopApplication, ActivatorUtilities.CreateInstance<Reload>(app.Services).Run);
        return await StopWhenAskedAsync(app) ? ExitCode.Good : ExitCode.Failure;
    }

    /// <returns>Whether everything ended in order.</returns>
    private static async Task<bool> StopWhenAskedAsync(WebApplication app)
    {
        try
        {
            await app.WaitForShutdownAsync();
            await app.DisposeAsync();
            return true;
        }
        catch (Exception e)
        {
            // Nothing acknowledged depends on it.
            await Console.Error.WriteLineAsync($"AuraLogs did not stop in order: {e.GetType().Name}: {e.Message}");
            return false;
        }
    }

    private static async Task<int> RefuseAsync(IReadOnlyList<string> reasons)
    {
        await Console.Error.WriteLineAsync(reasons.Count == 1 ? $"AuraLogs can't start: {Terminal.Escape(reasons[0])}" : "AuraLogs can't start:");
        foreach (var reason in reasons.Count == 1 ? [] : reasons)
            await Console.Error.WriteLineAsync($"  - {Terminal.Escape(reason)}");
        return ExitCode.Failure;
    }

    private static Supervisor Supervise(WebApplication app)
    {
        var supervisor = new Supervisor(
            app.Services.GetRequiredService<Loops>(),
            app.Lifetime,
            EndLimit,
            app.Services.GetServices<ILoggerProvider>(),
            Environment.Exit,
            app.Services.GetRequiredService<ILogger<Supervisor>>());
        supervisor.Watch();
        return supervisor;
    }

    internal static WebApplication Build(LoadedConfiguration configuration, MemorySizes memory, IHostLifetime signals)
    {
        var options = configuration.Options;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddConfiguration(configuration.Source);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenForOperations(options.Operations));
        builder.Services.AddRoutingCore();
        builder.Logging.AddConfiguration(configuration.Source.GetSection("Logging"));
        builder.Logging.AddAuraLogsLogging();
        builder.AddOtlpExport();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);
        builder.Services.AddSingleton(signals);

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => new MemoryBudgets(memory, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddOperations(options.Operations);
        builder.Services.AddSingleton(options);
        var firstStage = builder.Services.Count;
        builder.Services.AddHostedService<SecretFileWatch>();
        if (options.Elasticsearch.IsLocal)
        {
            builder.Services.AddSingleton(options.LocalElasticsearch);
            builder.Services.AddSingleton<LocalElasticsearchHost>();
            builder.Services.AddHostedService(services => services.GetRequiredService<LocalElasticsearchHost>());
        }

        builder.Services.AddElasticsearch(
            options.Elasticsearch, services => services.GetRequiredService<LocalElasticsearchHost>().Address);
        builder.Services.AddQueue(options.Queue);
        builder.Services.AddWatches();
        builder.Services.AddIndexing(
            options.Indexing, options.Lifecycle.WritableDays, options.Lifecycle.Enabled ? options.Lifecycle.WarmAfterDays : null);
        builder.Services.AddLifecycle(options.Lifecycle, options.Kibana, LifecycleNames.For(options.Indexing.IndexPrefix));
        builder.Services.AddLifecycleManager();
        builder.Services.AddForward(options.Forward);
        Stages.AddTo(builder.Services, firstStage);
        return builder.Build();
    }

    private static void Announce(WebApplication app, AuraLogsOptions options)
    {
        var services = app.Services;
        var announcement = new Announcement(
            options,
            services.GetRequiredService<ForwardListener>().EndPoint,
            new Uri(services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
            services.GetService<LocalElasticsearchHost>()?.Address,
            services.GetRequiredService<LogQueue>().Ledger.Queued);
        announcement.Say(services.GetRequiredService<ILogger<Announcement>>());
    }
}
