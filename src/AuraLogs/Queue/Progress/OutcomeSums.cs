namespace AuraLogs.Queue.Progress;

/// <summary>What became of events, in sum.</summary>
/// <param name="Indexed">Created.</param>
/// <param name="Duplicates">There already.</param>
/// <param name="DeadLettered">Stored as dead letters.</param>
/// <param name="Quarantined">In parts that were damaged.</param>
/// <param name="Forgotten">In no account: of torn writes, which were never received, and from before every copy of the state was lost.</param>
internal readonly record struct OutcomeSums(long Indexed, long Duplicates, long DeadLettered, long Quarantined, long Forgotten = 0)
{
    public long Total => Indexed + Duplicates + DeadLettered + Quarantined;

    public static OutcomeSums operator +(OutcomeSums left, OutcomeSums right) => new(
        left.Indexed + right.Indexed,
        left.Duplicates + right.Duplicates,
        left.DeadLettered + right.DeadLettered,
        left.Quarantined + right.Quarantined,
        left.Forgotten + right.Forgotten);
}
