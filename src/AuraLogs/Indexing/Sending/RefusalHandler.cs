using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Indexing.Judging;

namespace AuraLogs.Indexing.Sending;

/// <summary>
/// What becomes of a request that was refused as a whole: it is sent again, in two halves when its size may be the reason or one
/// of its documents must be, and the one document that is left at the end of that becomes a dead letter.
/// </summary>
internal sealed class RefusalHandler(
    ConcurrencyLimit limit, RequestSize size, BulkRequests requests, DeadLetterHandler deadLetters, Acceptance acceptance, Troubles troubles)
{
    // After so many connections in a row that broke without an answer, size is the suspect: some proxies close on a large body.
    private const int BrokenBeforeSplit = 4;

    // No proxy closes on so little. Where everything breaks, smaller requests would be more of the same: thousands of them.
    private const int BlamelessBytes = 128 << 10;

    private const int TooLarge = 413;

    private static readonly ElasticsearchError TooLargeAlone = new("request_entity_too_large", "The document alone is larger than what is taken (HTTP 413).");

    public async ValueTask<AttemptOutcome> WithoutAnswerAsync(
        Delivery delivery, ConcurrencyLimit.Place place, ElasticsearchUnavailableException e, CancellationToken stop)
    {
        troubles.Set(delivery, "elasticsearch-unavailable", $"Elasticsearch does not answer ({e.Message}). Logs stay in the queue until it does.");
        if (!e.WasConnected || e.IsSilent)
        {
            limit.Overloaded(place);
            return AttemptOutcome.AgainWhenReachable;
        }

        Count(delivery);
        Leave(delivery, place, isOverload: true);
        size.TimedOut(delivery.Request.Body.Position);
        if (++delivery.BrokenInARow >= BrokenBeforeSplit && delivery.Request.Count > 1 && delivery.Request.Body.Position > BlamelessBytes)
            return Split(delivery);
        return await EndAsync(delivery, AttemptOutcome.Again, new ElasticsearchError("no_answer", e.Message), stop);
    }

    public async ValueTask<AttemptOutcome> WithStatusAsync(
        Delivery delivery, ConcurrencyLimit.Place place, Uri node, int status, ElasticsearchError error, CancellationToken stop)
    {
        if (status == TooLarge && !delivery.Request.HoldsDeadLetters && size.IsFarBelowTaken(node, delivery.Request.Body.Position))
            return await FarBelowTakenAsync(delivery, place, stop);
        if (status == TooLarge)
        {
            limit.Leave(place);
            size.WasTooLarge(delivery.Request.Body.Position);
            return await DivideAsync(delivery, TooLargeAlone, stop);
        }

        var refusal = RequestRefusal.Of(status, error);
        troubles.Set(delivery, refusal.Problem, refusal.Sentence);
        if (error.IsBlock)
        {
            // It says nothing of the documents, so it is not held against them.
            limit.Leave(place);
            return refusal.Next;
        }

        Count(delivery);
        Leave(delivery, place, refusal.IsOverload);
        return await EndAsync(delivery, refusal.Next, error.Type.Length > 0 ? error : new ElasticsearchError($"http_{status}", error.Reason), stop);
    }

    /// <summary>
    /// A 413 for a fraction of what the same node took before is no word about the size: something in between is broken, or its limit was
    /// lowered. Smaller requests may help against the latter; a document alone waits, and is given up like any other that is never taken.
    /// </summary>
    private async ValueTask<AttemptOutcome> FarBelowTakenAsync(Delivery delivery, ConcurrencyLimit.Place place, CancellationToken stop)
    {
        limit.Leave(place);
        Count(delivery);
        size.TimedOut(delivery.Request.Body.Position);
        troubles.Set(
            delivery, "elasticsearch-refuses-requests",
            "What stands before Elasticsearch refuses requests as too large (HTTP 413) that are far smaller than those it took before. Logs stay in the queue until it takes them.");
        if (delivery.Request.Count > 1 && delivery.Request.Body.Position > BlamelessBytes)
            return Split(delivery);
        return await EndAsync(delivery, AttemptOutcome.AgainSlowly, TooLargeAlone, stop);
    }

    private void Count(Delivery delivery)
    {
        if (delivery.Attempts == 1 && !delivery.Request.HoldsDeadLetters)
            acceptance.Add(taken: 0, refused: delivery.Request.Count);
        delivery.Patience.Refused();
    }

    private void Leave(Delivery delivery, ConcurrencyLimit.Place place, bool isOverload)
    {
        if (isOverload && !delivery.Patience.OthersAreTaken)
            limit.Overloaded(place);
        else
            limit.Leave(place);
    }

    private ValueTask<AttemptOutcome> EndAsync(Delivery delivery, AttemptOutcome next, ElasticsearchError error, CancellationToken stop) =>
        delivery.Patience.IsOver ? DivideAsync(delivery, delivery.Patience.Explain(error), stop) : ValueTask.FromResult(next);

    /// <summary>Goes on with halves, down to the one document that is at fault.</summary>
    private async ValueTask<AttemptOutcome> DivideAsync(Delivery delivery, ElasticsearchError error, CancellationToken stop)
    {
        if (delivery.Request.Count > 1)
            return Split(delivery);
        if (delivery.Request.HoldsDeadLetters)
            await deadLetters.FileAsync(delivery.Request, _ => true, stop);
        else
            deadLetters.Bury(delivery, [(0, error)]);
        return AttemptOutcome.Done;
    }

    private AttemptOutcome Split(Delivery delivery)
    {
        var request = delivery.Request;
        var middle = request.Count / 2;
        foreach (var half in (BulkRequest[])[requests.Copy(request, 0, middle, _ => true), requests.Copy(request, middle, request.Count, _ => true)])
        {
            delivery.Part(new Delivery(half, delivery.Patience.ForPart()) { Attempts = delivery.Attempts, HealingRounds = delivery.HealingRounds });
        }

        return AttemptOutcome.Done;
    }
}
