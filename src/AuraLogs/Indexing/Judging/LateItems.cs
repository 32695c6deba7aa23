using System.Text;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.Documents;
using AuraLogs.Indexing.Sending;

namespace AuraLogs.Indexing.Judging;

/// <summary>What becomes of items whose index <see cref="WarmIndices"/> says is read-only by our own policy.</summary>
internal sealed class LateItems(BulkRequests requests, WarmIndices warm)
{
    /// <summary>Whether documents that an index refuses so go to another one, once they have been looked up.</summary>
    public bool AreLate(string index, ElasticsearchError error) => warm.IsWarm(index, error);

    /// <param name="request">The request that was answered.</param>
    /// <param name="refused">Items of it that an index refuses.</param>
    /// <param name="verdicts">Of all items: those that are there already become duplicates, those that go elsewhere redirected.</param>
    /// <param name="stop">Ends the looking up.</param>
    /// <returns>A request with the items that go elsewhere; null when there are none.</returns>
    public async ValueTask<BulkRequest?> RedirectAsync(
        BulkRequest request, IEnumerable<(int Item, ElasticsearchError Error)> refused, Verdict[] verdicts, CancellationToken stop)
    {
        var late = refused.Select(item => (item.Item, Target: BulkItem.Target(request.Item(item.Item).Span), item.Error))
            .Where(item => warm.IsWarm(item.Target.Index, item.Error))
            .ToList();
        BulkRequest? redirected = null;
        foreach (var items in late.GroupBy(item => item.Target.Index, StringComparer.Ordinal))
        {
            if (await warm.FindAsync(items.Key, [.. items.Select(item => item.Target.Id)], stop) is not { } there)
                continue;
            foreach (var (item, target, _) in items)
            {
                if (there.Contains(target.Id))
                {
                    verdicts[item] = Verdict.Duplicate;
                    continue;
                }

                verdicts[item] = Verdict.Redirected;
                redirected ??= requests.RentForPart(request.Item(item).Length);
                Add(redirected, target.Id, BulkItem.Document(request.Item(item).Span), request.TrackerOf(item));
            }
        }

        return redirected;
    }

    private void Add(BulkRequest request, string id, ReadOnlySpan<byte> document, EntryTracker tracker)
    {
        var start = request.Body.Position;
        request.Body.Write(Encoding.UTF8.GetBytes($"{{\"create\":{{\"_index\":\"{warm.OldestWritable}\",\"_id\":\"{id}\"}}}}\n"));
        request.Body.Write(document);
        request.Body.Write("\n"u8);
        request.Add(start, tracker);
    }
}
