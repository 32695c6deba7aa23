using AuraLogs.Telemetry;

namespace AuraLogs.Elasticsearch.Nodes;

/// <summary>Asks nodes that were set aside whether they answer again, so that it is noticed at once and not by the next request that is sent.</summary>
internal sealed class NodeWatch(ElasticsearchClient client, Loops loops, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loops.RunAsync("Elasticsearch watch", RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            client.ProbeDue();
    }
}
