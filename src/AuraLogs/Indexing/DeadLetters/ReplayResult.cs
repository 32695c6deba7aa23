namespace AuraLogs.Indexing.DeadLetters;

/// <summary>What became of dead letters that were replayed.</summary>
/// <param name="Indexed">Documents that are in the index now.</param>
/// <param name="Duplicates">Documents that were there already.</param>
/// <param name="Refused">The error type of each that is refused still.</param>
/// <param name="NotDeleted">The error type of each whose document is in the index and which could not be deleted, so that it stays listed.</param>
internal sealed record ReplayResult(int Indexed, int Duplicates, IReadOnlyList<string> Refused, IReadOnlyList<string> NotDeleted)
{
    public ReplayResult()
        : this(0, 0, [], [])
    {
    }

    public ReplayResult Plus(ReplayResult other) =>
        new(Indexed + other.Indexed, Duplicates + other.Duplicates, [.. Refused, .. other.Refused], [.. NotDeleted, .. other.NotDeleted]);
}
