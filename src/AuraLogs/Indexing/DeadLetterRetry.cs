using AuraLogs.Elasticsearch;

namespace AuraLogs.Indexing;

/// <summary>Offers the dead letters on disk to the cluster again, from time to time.</summary>
internal sealed partial class DeadLetterRetry(
    ElasticsearchClient client,
    DeadLetterFile file,
    IndexGate gate,
    IndexingOptions options,
    TimeProvider time,
    ILogger<DeadLetterRetry> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.DeadLetterRetryInterval, time);
        do
        {
            try
            {
                await file.OfferAsync(OfferAsync, options.MaxRequestBytes, stoppingToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogFileFailed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<byte[]?> OfferAsync(ReadOnlyMemory<byte> items, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.SendAsync(HttpMethod.Post, BulkResponse.Path, items, "application/x-ndjson", cancellationToken);
            var lines = ItemLines(items);
            var answer = new BulkResponse();
            if (response.Status != 200 || !answer.TryRead(response.Body.Span, lines.Count))
                return null;
            var kept = new MemoryStream();
            for (var i = 0; i < lines.Count; i++)
            {
                if (answer.Verdicts[i] is not (Verdict.Indexed or Verdict.Duplicate))
                    kept.Write(items.Span[lines[i]]);
            }

            LogOffered(lines.Count - answer.Errors.Count, answer.Errors.Count);
            return kept.ToArray();
        }
        catch (ElasticsearchUnavailableException)
        {
            return null;
        }
    }

    private static List<Range> ItemLines(ReadOnlyMemory<byte> items)
    {
        List<Range> ranges = [];
        for (var start = 0; start < items.Length;)
        {
            var action = start + items.Span[start..].IndexOf((byte)'\n') + 1;
            var end = action + items.Span[action..].IndexOf((byte)'\n') + 1;
            ranges.Add(start..end);
            start = end;
        }

        return ranges;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Of the dead letters on disk {Stored} are stored in the cluster now and {Kept} are still refused")]
    private partial void LogOffered(int stored, int kept);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The dead letters on disk can't be offered again: {Reason}")]
    private partial void LogFileFailed(string reason);
}
