using AuraLogs.Elasticsearch;
using AuraLogs.Operations.Metrics;

namespace AuraLogs.Indexing;

/// <summary>What becomes of the items of a request that has a whole answer: each has its own verdict.</summary>
internal sealed class JudgedItems(
    BulkRequests requests,
    WaitingDeliveries waiting,
    DeadLetters deadLetters,
    Acceptance acceptance,
    Troubles troubles,
    IndexingMetrics metrics)
{
    /// <summary>Counts what the answer says of the cluster, and of the documents that it refuses.</summary>
    public void Count(Delivery delivery, BulkResponse answer)
    {
        if (!delivery.Request.HoldsDeadLetters)
        {
            acceptance.Add(
                taken: answer.Verdicts.Count(Verdict.Indexed) + answer.Verdicts.Count(Verdict.Duplicate),
                refused: delivery.Attempts == 1 ? answer.Overloads : 0);
        }

        if (answer.Verdicts.Contains(Verdict.Retry))
            delivery.Patience.Refused();
    }

    /// <summary>Takes each item to its end, or lets it wait to be sent again.</summary>
    public async ValueTask<Attempt> EndAsync(Delivery delivery, BulkResponse answer, CancellationToken stop)
    {
        var request = delivery.Request;
        var verdicts = answer.Verdicts.ToArray();
        if (delivery.Patience.IsOver)
            verdicts.AsSpan().Replace(Verdict.Retry, Verdict.DeadLetter);

        // A dead letter does not wait for a repair: there is the file.
        if (request.HoldsDeadLetters)
            verdicts.AsSpan().Replace(Verdict.RetrySlowly, Verdict.DeadLetter);
        metrics.Judged(verdicts, request.HoldsDeadLetters);
        request.Report(verdicts);
        if (answer.Errors.Count == 0)
            return Attempt.Done;

        // 1. What is the document's own fault.
        if (request.HoldsDeadLetters)
            await deadLetters.FileAsync(request, item => verdicts[item] == Verdict.DeadLetter, stop);
        else
            deadLetters.Bury(delivery, [.. answer.Errors.Where(error => verdicts[error.Item] == Verdict.DeadLetter).Select(error => Explained(delivery, answer, error))]);

        // 2. What is to be sent again goes on alone, and the memory of the rest is free.
        if (!verdicts.Any(IsSentAgain))
            return Attempt.Done;
        metrics.SentAgain(answer.Errors, verdicts);
        delivery.Request = requests.Copy(request, 0, request.Count, item => IsSentAgain(verdicts[item]));
        requests.Return(request);
        var until = Explain(delivery, answer, verdicts);

        // 3. After a first try by itself it shares a request with others that wait.
        return delivery.Attempts > 1 ? waiting.Enter(delivery, until) : until;
    }

    private static bool IsSentAgain(Verdict verdict) => verdict is Verdict.Retry or Verdict.RetrySlowly;

    private static (int Item, ElasticsearchError Error) Explained(Delivery delivery, BulkResponse answer, (int Item, ElasticsearchError Error) refused) =>
        answer.Verdicts[refused.Item] == Verdict.Retry ? (refused.Item, delivery.Patience.Explain(refused.Error)) : refused;

    private Attempt Explain(Delivery delivery, BulkResponse answer, Verdict[] verdicts)
    {
        var blocked = answer.Errors.FirstOrDefault(error => verdicts[error.Item] == Verdict.RetrySlowly);
        if (blocked != default)
        {
            troubles.Set(delivery, "index-refuses-documents", $"An index takes no documents ({blocked.Error.Type}). They wait, and hold up the queue's space, until it does.");
            return verdicts.AsSpan().Contains(Verdict.Retry) ? Attempt.Again : Attempt.AgainSlowly;
        }

        var type = answer.Errors.First(error => verdicts[error.Item] == Verdict.Retry).Error.Type;
        troubles.Set(delivery, "index-overloaded", $"Elasticsearch can't take all documents at the moment ({type}). The others go on.");
        return Attempt.Again;
    }
}
