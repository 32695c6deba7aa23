using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.Judging;
using AuraLogs.Indexing.Sending;

namespace AuraLogs.Indexing.DeadLetters;

/// <summary>
/// Where documents go that can't be indexed: into the index of the dead letters, and where that takes them no more than their own
/// index did, into the file.
/// </summary>
internal sealed class DeadLetterHandler(
    BulkRequests requests,
    DeadLetterWriter writer,
    DeadLetterFile file,
    DeadLetterLog log,
    Acceptance acceptance,
    IndexingOptions options,
    IndexingMetrics metrics,
    TimeProvider time)
{
    /// <summary>Sends documents on as dead letters, as a part of the delivery; they are reported when those are stored.</summary>
    public void Bury(Delivery delivery, IReadOnlyList<(int Item, ElasticsearchError Error)> items)
    {
        if (items.Count == 0)
            return;
        var letters = requests.RentForDeadLetters();
        foreach (var (item, error) in items)
        {
            writer.Write(delivery.Request.Item(item).Span, error, delivery.Request.TrackerOf(item), letters);
            log.Add(BulkItem.Target(delivery.Request.Item(item).Span).Index, error);
        }

        metrics.Buried(items);
        delivery.Part(new Delivery(letters, new Patience(acceptance, options, time)));
    }

    /// <summary>Stores the wanted ones of dead letters that the cluster refuses on disk, and reports them.</summary>
    public async ValueTask FileAsync(BulkRequest letters, Func<int, bool> isWanted, CancellationToken stop)
    {
        var copy = requests.Copy(letters, 0, letters.Count, isWanted);
        try
        {
            for (var (first, end) = (0, 1); first < copy.Count; (first, end) = (end, end + 1))
            {
                // As many at once as the file could hold at most.
                while (end < copy.Count && copy.Items(first, end + 1).Length <= options.DeadLetterMaxBytes)
                    end++;
                await file.AppendAsync(copy.Items(first, end), stop);
            }

            copy.Report([.. Enumerable.Repeat(Verdict.Indexed, copy.Count)]);
        }
        finally
        {
            requests.Return(copy);
        }
    }
}
