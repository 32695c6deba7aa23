using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.Conflicts;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Indexing.Sending;

namespace AuraLogs.Indexing.Judging;

/// <summary>What becomes of the items of a request that has a whole answer: each has its own verdict.</summary>
internal sealed class VerdictHandler(
    BulkRequests requests,
    WaitingDeliveries waiting,
    DeadLetterHandler deadLetters,
    ConflictHealer healer,
    LateItems late,
    Acceptance acceptance,
    Troubles troubles,
    IndexingOptions options,
    IndexingMetrics metrics,
    TimeProvider time)
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
    public async ValueTask<AttemptOutcome> EndAsync(Delivery delivery, BulkResponse answer, CancellationToken stop)
    {
        var request = delivery.Request;
        var verdicts = answer.Verdicts.ToArray();

        // 1. What a field keeps out goes on with that field moved.
        if (verdicts.AsSpan().Contains(Verdict.DeadLetter))
            await HealAsync(delivery, answer, verdicts, stop);

        // 2. What is too late for its index goes to the oldest that still takes events.
        if (!request.HoldsDeadLetters && verdicts.AsSpan().Contains(Verdict.RetrySlowly))
            await RedirectAsync(delivery, answer, verdicts, stop);
        if (delivery.Patience.IsOver)
            verdicts.AsSpan().Replace(Verdict.Retry, Verdict.DeadLetter);

        // A dead letter does not wait for a repair: there is the file.
        if (request.HoldsDeadLetters)
            verdicts.AsSpan().Replace(Verdict.RetrySlowly, Verdict.DeadLetter);
        metrics.Judged(verdicts, request.HoldsDeadLetters);
        request.Report(verdicts);
        if (answer.Errors.Count == 0)
            return AttemptOutcome.Done;

        // 3. What is the document's own fault.
        if (request.HoldsDeadLetters)
            await deadLetters.FileAsync(request, item => verdicts[item] == Verdict.DeadLetter, stop);
        else
            deadLetters.Bury(delivery, [.. answer.Errors.Where(error => verdicts[error.Item] == Verdict.DeadLetter).Select(error => Explained(delivery, answer, error))]);

        // 4. What waits for a repair, beside what is sent again soon, goes on by itself: neither is held up or hurried by the other.
        if (!verdicts.Any(IsSentAgain))
            return AttemptOutcome.Done;
        metrics.SentAgain(answer.Errors, verdicts);
        var until = verdicts.AsSpan().Contains(Verdict.Retry) ? AttemptOutcome.Again : AttemptOutcome.AgainSlowly;
        if (until == AttemptOutcome.Again && verdicts.AsSpan().Contains(Verdict.RetrySlowly))
            PartBlocked(delivery, answer, verdicts);

        // 5. What is to be sent again goes on alone, and the memory of the rest is free.
        if (until == AttemptOutcome.Again)
            ExplainOverload(delivery, answer, verdicts);
        else
            ExplainBlocks(delivery, request, answer, verdicts);
        var isKept = until == AttemptOutcome.Again ? Verdict.Retry : Verdict.RetrySlowly;
        delivery.Request = requests.Copy(request, 0, request.Count, item => verdicts[item] == isKept);
        requests.Return(request);

        // 6. After a first try by itself it shares a request with others that wait.
        return delivery.Attempts > 1 ? waiting.Enter(delivery, until) : until;
    }

    private static bool IsSentAgain(Verdict verdict) => verdict is Verdict.Retry or Verdict.RetrySlowly;

    private static (int Item, ElasticsearchError Error) Explained(Delivery delivery, BulkResponse answer, (int Item, ElasticsearchError Error) refused) =>
        answer.Verdicts[refused.Item] == Verdict.Retry ? (refused.Item, delivery.Patience.Explain(refused.Error)) : refused;

    private async ValueTask HealAsync(Delivery delivery, BulkResponse answer, Verdict[] verdicts, CancellationToken stop)
    {
        var refused = answer.Errors.Where(error => verdicts[error.Item] == Verdict.DeadLetter);
        if (await healer.HealAsync(delivery, refused, verdicts, stop) is not { } healed)
            return;
        delivery.Part(new Delivery(healed, new Patience(acceptance, options, time)) { HealingRounds = delivery.HealingRounds + 1 });
    }

    private async ValueTask RedirectAsync(Delivery delivery, BulkResponse answer, Verdict[] verdicts, CancellationToken stop)
    {
        var refused = answer.Errors.Where(error => verdicts[error.Item] == Verdict.RetrySlowly);
        if (await late.RedirectAsync(delivery.Request, refused, verdicts, stop) is { } redirected)
            delivery.Part(new Delivery(redirected, new Patience(acceptance, options, time)) { HealingRounds = delivery.HealingRounds });
    }

    private void PartBlocked(Delivery delivery, BulkResponse answer, Verdict[] verdicts)
    {
        var request = requests.Copy(delivery.Request, 0, delivery.Request.Count, item => verdicts[item] == Verdict.RetrySlowly);
        var part = new Delivery(request, new Patience(acceptance, options, time)) { Attempts = delivery.Attempts, HealingRounds = delivery.HealingRounds, WaitsFirst = true };
        if (waiting.Enter(part, AttemptOutcome.AgainSlowly) == AttemptOutcome.Done)
        {
            requests.Return(request);
            return;
        }

        ExplainBlocks(part, delivery.Request, answer, verdicts);
        delivery.Part(part);
    }

    private void ExplainBlocks(Delivery delivery, BulkRequest request, BulkResponse answer, Verdict[] verdicts) =>
        troubles.Set(delivery, "index-refuses-documents", BlockedIndices.Describe(request, answer.Errors.Where(error => verdicts[error.Item] == Verdict.RetrySlowly), late.AreLate));

    private void ExplainOverload(Delivery delivery, BulkResponse answer, Verdict[] verdicts)
    {
        var type = answer.Errors.First(error => verdicts[error.Item] == Verdict.Retry).Error.Type;
        troubles.Set(delivery, "index-overloaded", $"Elasticsearch can't take all documents at the moment ({type}). The others go on.");
    }
}
