namespace AuraLogs.Indexing;

/// <summary>What became of dead letters that were replayed.</summary>
/// <param name="Indexed">Documents that are in the index now.</param>
/// <param name="Duplicates">Documents that were there already.</param>
/// <param name="Refused">The error type of each that is refused still.</param>
internal sealed record ReplayResult(int Indexed, int Duplicates, IReadOnlyList<string> Refused)
{
    public ReplayResult()
        : this(0, 0, [])
    {
    }

    public ReplayResult Plus(ReplayResult other) =>
        new(Indexed + other.Indexed, Duplicates + other.Duplicates, [.. Refused, .. other.Refused]);
}
