namespace AuraLogs.Queue;

/// <summary>What became of events, in sum.</summary>
internal readonly record struct OutcomeSums(long Indexed, long Duplicates, long DeadLettered, long Quarantined)
{
    public long Total => Indexed + Duplicates + DeadLettered + Quarantined;

    public static OutcomeSums operator +(OutcomeSums left, OutcomeSums right) => new(
        left.Indexed + right.Indexed,
        left.Duplicates + right.Duplicates,
        left.DeadLettered + right.DeadLettered,
        left.Quarantined + right.Quarantined);
}
