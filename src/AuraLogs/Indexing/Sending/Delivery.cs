using AuraLogs.Indexing.Judging;

namespace AuraLogs.Indexing.Sending;

/// <summary>A request on its way to the cluster, from its first attempt to its end.</summary>
/// <param name="request">What to send.</param>
/// <param name="patience">How long its documents have been refused.</param>
internal sealed class Delivery(BulkRequest request, Patience patience)
{
    private List<Delivery>? _parts;

    /// <summary>What is still to be sent; its memory is counted.</summary>
    public BulkRequest Request { get; set; } = request;

    public Patience Patience { get; } = patience;

    /// <summary>A place for the first attempt, if there is one already.</summary>
    public ConcurrencyLimit.Place? FirstPlace { get; init; }

    /// <summary>Whether it waits for a repair before its next attempt.</summary>
    public bool WaitsFirst { get; set; }

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; set; }

    /// <summary>How often its documents had a field moved because it did not fit their index.</summary>
    public int HealingRounds { get; set; }

    /// <summary>How many connections in a row broke without an answer.</summary>
    public int BrokenInARow { get; set; }

    /// <summary>How often in a row no node could be reached.</summary>
    public int UnreachableInARow { get; set; }

    /// <summary>Goes on with a part of the documents, or with their dead letters, on a way of its own.</summary>
    public void Part(Delivery part) => (_parts ??= []).Add(part);

    /// <summary>The parts that have not set out yet.</summary>
    public IReadOnlyList<Delivery> TakeParts()
    {
        var parts = _parts ?? [];
        _parts = null;
        return parts;
    }
}
