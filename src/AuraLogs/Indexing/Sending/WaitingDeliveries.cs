namespace AuraLogs.Indexing.Sending;

/// <summary>
/// The deliveries that wait to be sent again, so that what is left of others can join them. Else every request with a document for
/// a blocked index would go on as a request of its own, and after a while thousands of them with a document or two would take all
/// places, and more memory than their bytes.
/// </summary>
internal sealed class WaitingDeliveries(RequestSize size, IndexingOptions options)
{
    private readonly Lock _lock = new();
    private readonly List<(Delivery Delivery, AttemptOutcome Until)> _waiting = [];

    /// <summary>Lets a delivery wait, or its documents join one that waits for the same.</summary>
    /// <param name="delivery">All that is left of it was refused.</param>
    /// <param name="until">When it would be sent again.</param>
    /// <returns>What becomes of the delivery: <paramref name="until"/>, or done when its documents have joined another.</returns>
    public AttemptOutcome Enter(Delivery delivery, AttemptOutcome until)
    {
        lock (_lock)
        {
            foreach (var (other, otherUntil) in _waiting)
            {
                if (otherUntil != until || !Fits(delivery, other))
                    continue;
                other.Request.Append(delivery.Request);
                other.Patience.Join(delivery.Patience);
                other.HealingRounds = Math.Max(other.HealingRounds, delivery.HealingRounds);
                return AttemptOutcome.Done;
            }

            _waiting.Add((delivery, until));
            return until;
        }
    }

    /// <summary>Nothing can join the delivery from now on.</summary>
    public void Leave(Delivery delivery)
    {
        lock (_lock)
            _waiting.RemoveAll(waiting => waiting.Delivery == delivery);
    }

    private bool Fits(Delivery delivery, Delivery other) =>
        delivery.Request.HoldsDeadLetters == other.Request.HoldsDeadLetters
        && delivery.Request.Body.Position + other.Request.Body.Position <= size.Current
        && delivery.Request.Count + other.Request.Count <= options.MaxRequestDocuments
        && other.Patience.IsLike(delivery.Patience);
}
