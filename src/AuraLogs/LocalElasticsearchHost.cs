using AuraLogs.LocalElasticsearch;

namespace AuraLogs;

/// <summary>Runs the local Elasticsearch inside the process, from before the first write to after the last.</summary>
internal sealed class LocalElasticsearchHost(LocalElasticsearchOptions options, TimeProvider time, ILoggerFactory logging)
    : IHostedService
{
    private LocalElasticsearchServer? _server;

    /// <summary>Where it listens, once started.</summary>
    public Uri Address => _server?.Address ?? throw new InvalidOperationException("The local Elasticsearch has not started.");

    public async Task StartAsync(CancellationToken cancellationToken) =>
        _server = await LocalElasticsearchServer.StartAsync(options, time, logging, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
