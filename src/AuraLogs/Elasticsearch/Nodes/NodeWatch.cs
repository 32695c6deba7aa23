using AuraLogs.Telemetry;

namespace AuraLogs.Elasticsearch.Nodes;

/// <summary>Asks nodes that were set aside whether they answer again, so that it is noticed at once and not by the next request that is sent.</summary>
internal sealed class NodeWatch(ElasticsearchClient client, Loops loops, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loops.RunAsync(
        "Elasticsearch watch", stopping => Loops.EveryAsync(Interval, time, client.ProbeDue, stopping), stoppingToken);
}
