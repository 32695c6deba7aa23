using AuraLogs.Elasticsearch;
using AuraLogs.Indexing.Documents;
using AuraLogs.Indexing.Sending;
using AuraLogs.Queue;
using AuraLogs.Telemetry;

namespace AuraLogs.Indexing;

/// <summary>
/// Moves what is in the queue to the index: reads entries, encodes their events into requests, and hands those to the delivery.
/// A request is made only when there is a place for it among those in flight and memory for its body, so it takes along all
/// that came in while the cluster was busy.
/// </summary>
internal sealed partial class Indexer(
    LogQueue queue,
    IndexGate gate,
    EntryEncoder encoder,
    BulkRequests requests,
    BulkDelivery delivery,
    ConcurrencyLimit limit,
    RequestSize size,
    IndexingOptions options,
    Loops loops,
    TimeProvider time,
    ILogger<Indexer> logger) : BackgroundService
{
    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await delivery.StopAsync();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        encoder.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loops.RunAsync("indexer", RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        if (!gate.IsOpen)
            LogWaiting();
        await gate.WaitAsync(stoppingToken);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var sending = SendAsync(stopping.Token);
        if (await Task.WhenAny(sending, delivery.Failed) != sending)
        {
            await stopping.CancelAsync();
            throw new InvalidOperationException("A bulk request failed in a way that nobody expected.", await delivery.Failed);
        }

        await sending;
    }

    private async Task SendAsync(CancellationToken stopping)
    {
        while (true)
        {
            // 1. Something to send; then memory; then a place, and nothing that has to be waited for while holding it: requests that
            //    are sent again need places too, and may be what holds the memory.
            if (!encoder.IsInEntry)
                encoder.Begin(await queue.ReadAsync(stopping));
            var request = await requests.RentAsync(stopping);
            var place = await limit.TakeAsync(stopping);

            // 2. All that is there by now.
            Encode(request);

            // 3. While others are in flight, more may be worth waiting for.
            if (limit.Taken > 1 && options.Linger > TimeSpan.Zero && !IsFull(request))
            {
                await Task.Delay(options.Linger, time, stopping);
                Encode(request);
            }

            // 4. Off it goes.
            if (request.Count > 0)
            {
                delivery.Start(request, place);
            }
            else
            {
                requests.Return(request);
                limit.Leave(place);
            }
        }
    }

    /// <summary>
    /// Encodes entries until the request is full or the queue has nothing more; or until an entry became a dead letter, whose memory is nobody's place and
    /// room: the next request waits until there is memory again.
    /// </summary>
    private void Encode(BulkRequest request)
    {
        while (!IsFull(request))
        {
            if (!encoder.IsInEntry)
            {
                if (queue.TryRead() is not { } entry)
                    return;
                encoder.Begin(entry);
            }

            if (encoder.Write(request, size.Current) is { } letter)
            {
                LogUnreadable();
                delivery.Start(letter, place: null);
                return;
            }

            if (encoder.IsInEntry)
                return;
        }
    }

    private bool IsFull(BulkRequest request) =>
        encoder.IsInEntry && request.Count > 0
        || request.Count == options.MaxRequestDocuments
        || request.Body.Position >= size.Current;

    [LoggerMessage(Level = LogLevel.Information, Message = "Indexing waits until the index templates are in place")]
    private partial void LogWaiting();

    [LoggerMessage(Level = LogLevel.Error, Message = "A part of a queue entry is no sequence of events: damage, or what a sender sent. It becomes a dead letter as it is")]
    private partial void LogUnreadable();
}
