using AuraLogs.Elasticsearch;
using AuraLogs.Hosting;
using AuraLogs.Hosting.Secrets;
using AuraLogs.Hosting.Settings;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Archive;
using AuraLogs.Lifecycle.Desired;
using Spectre.Console;

namespace AuraLogs.Commands;

/// <summary>What a command that talks to the cluster runs with: the service's configuration and clients, without the service.</summary>
internal static class CommandServices
{
    /// <summary>Something is wrong, and standard error says what.</summary>

    /// <param name="settings">The settings on the command line.</param>
    /// <param name="command">The command itself; its result is the exit code.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> settings, Func<IServiceProvider, IAnsiConsole, Task<int>> command)
    {
        var options = ConfigurationLoader.Load(settings).Options;
        foreach (var key in SecretFiles.OnCommandLine(settings))
            await Console.Error.WriteLineAsync($"Warning: {key} is on the command line, where every user of this machine can read it.");
        await using var services = Build(options);
        try
        {
            return await command(services, Terminal.Create());
        }
        catch (ElasticsearchUnavailableException e)
        {
            var hint = options.Elasticsearch.IsLocal ? " The local Elasticsearch runs inside the service: is it running?" : "";
            await Console.Error.WriteLineAsync(Terminal.Escape($"Elasticsearch can't be reached: {e.Message}.{hint}"));
        }
        catch (ClusterRefusedException e)
        {
            await Console.Error.WriteLineAsync(Terminal.Escape($"Elasticsearch refuses: {e.Message}."));
        }
        catch (TimeoutException e)
        {
            await Console.Error.WriteLineAsync(Terminal.Escape($"Given up: {e.Message}."));
        }

        return ExitCode.Failure;
    }

    private static ServiceProvider Build(AuraLogsOptions options) => new ServiceCollection()
        .AddSingleton(TimeProvider.System)
        .AddLogging(logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning))
        .AddElasticsearch(options.Elasticsearch, _ => AddressOf(options))
        .AddLifecycle(options.Lifecycle, options.Kibana, LifecycleNames.For(options.Indexing.IndexPrefix))
        .AddSingleton<LogArchive>()
        .AddSingleton(options.Indexing)
        .AddSingleton<DeadLetterStore>()
        .AddSingleton(new LocalDeadLetters(options.Indexing.DeadLetterPath))
        .BuildServiceProvider();

    private static Uri AddressOf(AuraLogsOptions options)
    {
        var address = options.LocalElasticsearch.Address is "0.0.0.0" or "::" ? "127.0.0.1" : options.LocalElasticsearch.Address;
        return new UriBuilder(Uri.UriSchemeHttp, address, options.LocalElasticsearch.Port).Uri;
    }
}
