using System.Net;
using AuraLogs.Elasticsearch;
using AuraLogs.Indexing.Judging;
using AuraLogs.Indexing.Sending;
using AuraLogs.Queue.Disk;
using AuraLogs.Telemetry;

namespace AuraLogs.Indexing.DeadLetters;

/// <summary>Offers the dead letters on disk to the cluster again, from time to time.</summary>
internal sealed partial class DeadLetterRetry(
    ElasticsearchClient client,
    DeadLetterFile file,
    BulkPath path,
    IndexGate gate,
    IndexingOptions options,
    Loops loops,
    TimeProvider time,
    ILogger<DeadLetterRetry> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loops.RunAsync("dead letter retry", RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        await gate.WaitAsync(stoppingToken);
        await Loops.EveryAsync(options.DeadLetterRetryInterval, time, OfferFileAsync, stoppingToken, atOnce: true);
    }

    private async Task OfferFileAsync(CancellationToken stoppingToken)
    {
        try
        {
            await file.OfferAsync(OfferAsync, options.MaxRequestBytes, stoppingToken);
        }
        catch (Exception e) when (DiskError.Is(e) && !stoppingToken.IsCancellationRequested)
        {
            LogFileFailed(e.Message);
        }
    }

    private async Task<byte[]?> OfferAsync(ReadOnlyMemory<byte> items, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.SendAsync(HttpMethod.Post, path.ForDeadLetters, items, "application/x-ndjson", cancellationToken);
            var ranges = ItemLines.RangesOf(items.Span);
            if (response.Status == (int)HttpStatusCode.RequestEntityTooLarge)
                return ranges.Count > 1 ? await OfferHalvesAsync(items, ranges[ranges.Count / 2].Start, cancellationToken) : items.ToArray();
            var answer = new BulkResponse();
            if (response.Status != 200 || !answer.TryRead(response.Body.Span, ranges.Count))
                return null;
            var kept = new MemoryStream();
            for (var i = 0; i < ranges.Count; i++)
            {
                if (answer.Verdicts[i] is not (Verdict.Indexed or Verdict.Duplicate))
                    kept.Write(items.Span[ranges[i]]);
            }

            LogOffered(ranges.Count - answer.Errors.Count, answer.Errors.Count);
            return kept.ToArray();
        }
        catch (ElasticsearchUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Together they are too large; one that is too large alone must not hold up those behind it.</summary>
    private async Task<byte[]?> OfferHalvesAsync(ReadOnlyMemory<byte> items, Index middle, CancellationToken cancellationToken)
    {
        var first = await OfferAsync(items[..middle], cancellationToken);
        var second = first is null ? null : await OfferAsync(items[middle..], cancellationToken);
        return second is null ? null : [.. first!, .. second];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Of the dead letters on disk {Stored} are stored in the cluster now and {Kept} are still refused")]
    private partial void LogOffered(int stored, int kept);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The dead letters on disk can't be offered again: {Reason}")]
    private partial void LogFileFailed(string reason);
}
