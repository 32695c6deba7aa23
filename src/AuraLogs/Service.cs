using System.Net.Sockets;
using AuraLogs.Configuration;
using AuraLogs.Elasticsearch;
using AuraLogs.Forward;
using AuraLogs.Hosting;
using AuraLogs.Indexing;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Memory;
using AuraLogs.Operations;
using AuraLogs.Operations.Logging;
using AuraLogs.Queue;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AuraLogs;

/// <summary>
/// The composition root. Hosted services start in the order in which they are added, from the end of the way of the data to its
/// beginning, and stop in the opposite order: intake ends first, then what was taken is committed, acknowledged and, as far
/// as a few seconds allow, indexed.
/// </summary>
internal static class Service
{
    /// <summary>All of the stop, under the 10 s that users expect; the container's grace period must be longer.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);

    /// <returns>The exit code: 0 after an orderly end, 1 when it could not start or a part of it failed.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var configuration = ConfigurationLoader.Load(arguments);
        var errors = new ConfigurationErrors();
        var warnings = StartWarnings.Find(configuration.Options, arguments);
        StartChecks.Run(configuration.Options, errors);
        var lowered = FileDescriptors.Bound(configuration.Options, FileDescriptors.RaiseLimit(), errors);
        var memory = MemoryPlan.Fit(configuration.Options, configuration.IsSet, MemoryPlan.MemoryOfMachine, errors);
        if (errors.Messages.Count > 0)
            throw new ConfigurationException(errors.Messages);

        HotPath.CompileInBackground();
        await using var app = Build(configuration, memory);
        StartWarnings.Say(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(StartWarnings)), warnings);
        try
        {
            app.MapOperations(); // opens the queue
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"AuraLogs can't start: {e.Message}");
            return 1;
        }

        if (lowered is not null)
            app.Services.GetRequiredService<ILogger<Announcement>>().Lowered(lowered);
        Announce(app, configuration.Options);
        await app.WaitForShutdownAsync(cancellationToken);
        return app.Services.GetServices<IHostedService>().Any(Failed) ? 1 : 0;
    }

    private static WebApplication Build(LoadedConfiguration configuration, MemorySizes memory)
    {
        var options = configuration.Options;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddConfiguration(configuration.Source);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenForOperations(options.Operations));
        builder.Services.AddRoutingCore();
        builder.Logging.AddConfiguration(configuration.Source.GetSection("Logging"));
        builder.Logging.AddAuraLogsLogging();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => new MemoryBudgets(memory, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddOperations(options.Operations);
        builder.Services.AddSingleton(options);
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
        builder.Services.AddIndexing(options.Indexing, options.Lifecycle.WritableDays);
        builder.Services.AddLifecycle(options.Lifecycle, options.Kibana, LifecycleNames.For(options.Indexing));
        builder.Services.AddLifecycleManager();
        builder.Services.AddForward(options.Forward);
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

    private static bool Failed(IHostedService service) => service is BackgroundService { ExecuteTask.IsFaulted: true };
}
