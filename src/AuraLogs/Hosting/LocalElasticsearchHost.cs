using AuraLogs.Configuration;
using AuraLogs.Elasticsearch;
using AuraLogs.LocalElasticsearch;
using AuraLogs.Telemetry;
using Microsoft.AspNetCore.Connections;

namespace AuraLogs.Hosting;

/// <summary>Runs the local Elasticsearch inside the process, from before the first write to after the last.</summary>
internal sealed class LocalElasticsearchHost(LocalElasticsearchOptions options, Loops loops, TimeProvider time, ILoggerFactory logging)
    : IHostedService, IAsyncDisposable
{
    private LocalElasticsearchServer? _server;

    /// <summary>Where it listens, once started.</summary>
    /// <exception cref="ElasticsearchUnavailableException">It has not started yet.</exception>
    public Uri Address => _server?.Address ?? throw new ElasticsearchUnavailableException("The local Elasticsearch has not started yet.", wasConnected: false);

    /// <exception cref="ConfigurationException">It can't start, and with which setting.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _server = await LocalElasticsearchServer.StartAsync(
                options, time, logging, (what, e) => loops.Fail($"local Elasticsearch's {what}", e), cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new ConfigurationException([$"AuraLogs:LocalElasticsearch:Port {options.Port} is in use by another program on {options.Address}."]);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new ConfigurationException([$"The local Elasticsearch can't start in AuraLogs:LocalElasticsearch:Path {Path.GetFullPath(options.Path)}: {e.Message}"]);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    /// <summary>Also after a start that failed, and so was never stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
            await server.DisposeAsync();
    }
}
