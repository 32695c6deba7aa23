using AuraLogs.Elasticsearch;

namespace AuraLogs.Indexing.Sending;

/// <summary>
/// Lets a delivery that reached no node wait: a moment when another node may answer, ever longer when none does, and in any case only until one
/// that was gone answers again, so that indexing goes on at once when the network does.
/// </summary>
internal sealed class Reachability(ElasticsearchClient client, IndexingOptions options, TimeProvider time)
{
    public async Task WaitAsync(Delivery delivery, CancellationToken stop)
    {
        var recovered = client.Nodes.Recovered;
        var doublings = client.Nodes.SetAside < client.Nodes.Count ? 0 : Math.Min(delivery.UnreachableInARow, 16);
        delivery.UnreachableInARow++;
        var delay = options.RetryDelay * Math.Pow(2, doublings);
        if (delay > options.MaxRetryDelay)
            delay = options.MaxRetryDelay;
        await Task.WhenAny(recovered, Task.Delay(delay * (0.75 + (Random.Shared.NextDouble() / 2)), time, stop));
        stop.ThrowIfCancellationRequested();
    }
}
