using System.Net.Http.Headers;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.Judging;

namespace AuraLogs.Indexing.Sending;

/// <summary>Makes one attempt to deliver a request: sends it when there is a place, and has the answer judged.</summary>
internal sealed class BulkSender(
    ElasticsearchClient client,
    ElasticsearchOptions options,
    BulkPath path,
    ConcurrencyLimit limit,
    RequestSize size,
    WaitingDeliveries waiting,
    RefusalHandler refused,
    VerdictHandler judged,
    Troubles troubles,
    IndexingMetrics metrics,
    TimeProvider time)
{
    /// <param name="delivery">What to send; its parts have to set out when this returns.</param>
    /// <param name="stop">Ends all waiting.</param>
    /// <param name="abort">Breaks off what is in flight.</param>
    public async ValueTask<AttemptOutcome> AttemptAsync(Delivery delivery, CancellationToken stop, CancellationToken abort)
    {
        // 1. Wait for a place among the requests in flight.
        var place = delivery.Attempts++ == 0 && delivery.FirstPlace is { } first ? first : await limit.TakeAsync(stop);
        waiting.Leave(delivery);
        var request = delivery.Request;

        // 2. Send.
        ElasticsearchResponse response;
        var begin = time.GetTimestamp();
        try
        {
            using var content = Content(request);
            response = await client.SendAsync(
                HttpMethod.Post, request.HoldsDeadLetters ? path.ForDeadLetters : path.ForDocuments, content, BulkResponse.MostBytes(request), () => IsSlow(delivery, begin), abort);
        }
        catch (ElasticsearchUnavailableException e)
        {
            metrics.RequestFailed(time.GetElapsedTime(begin), request.Body.Position);
            return await refused.WithoutAnswerAsync(delivery, place, e, stop);
        }
        catch
        {
            limit.Leave(place);
            throw;
        }

        // 3. Read the answer, and give its memory back before anything else is waited for.
        metrics.RequestAnswered(response.Status, time.GetElapsedTime(begin), request.Body.Position);
        var status = response.Status;
        var answer = new BulkResponse();
        ElasticsearchError error;
        bool isWhole;
        using (response)
        {
            error = status == 200 ? default : response.Error;
            isWhole = status == 200 && answer.TryRead(response.Body.Span, request.Count);
        }

        // 4. Judge the request as a whole.
        if (status != 200)
            return await refused.WithStatusAsync(delivery, place, response.Node, status, error, stop);
        if (!isWhole)
        {
            limit.Overloaded(place);
            troubles.Set(delivery, "elasticsearch-answers-broken", "What answers at AuraLogs:Elasticsearch:Urls does not answer as Elasticsearch does: its bulk answers can't be read or are incomplete.");
            return AttemptOutcome.Again;
        }

        // 5. Judge each item.
        (delivery.BrokenInARow, delivery.UnreachableInARow) = (0, 0);
        judged.Count(delivery, answer);
        LeaveAfter(place, response.Node, answer, delivery);
        return await judged.EndAsync(delivery, answer, stop);
    }

    private void IsSlow(Delivery delivery, long begin) => troubles.Set(
        delivery, "elasticsearch-slow",
        $"Elasticsearch is alive and has not answered a bulk request for {time.GetElapsedTime(begin).TotalSeconds:0} s. Logs stay in the queue until it does.");

    private HttpContent Content(BulkRequest request)
    {
        var body = request.Body.Slice(0, request.Body.Position);
        HttpContent content = options.Gzip ? new GzipContent(body) : new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return content;
    }

    private void LeaveAfter(ConcurrencyLimit.Place place, Uri node, BulkResponse answer, Delivery delivery)
    {
        if (!answer.Verdicts.Contains(Verdict.Retry))
        {
            limit.WentWell(place, delivery.Request.Body.Position);
            size.WentWell(node, delivery.Request.Body.Position);
        }
        else if (answer.Overloads * 10 >= delivery.Request.Count && !delivery.Patience.OthersAreTaken)
        {
            limit.Overloaded(place);
        }
        else
        {
            limit.Leave(place);
        }
    }
}
