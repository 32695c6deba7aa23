using Microsoft.Extensions.Hosting;

namespace AuraLogs.LocalElasticsearch;

/// <summary>
/// The host inside the process does not listen to signals: the process ends first what it is writing to this server, then
/// the server.
/// </summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
