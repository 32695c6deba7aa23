namespace AuraLogs.Queue;

/// <summary>What became of the events of a completed entry; the three sum to its event count.</summary>
internal readonly record struct EntryOutcome(long Indexed, long Duplicates, long DeadLettered)
{
    public bool AddsUpTo(long events) =>
        Indexed >= 0 && Duplicates >= 0 && DeadLettered >= 0 && Indexed + Duplicates + DeadLettered == events;
}
