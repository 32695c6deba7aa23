namespace AuraLogs.Memory;

/// <summary>The most bytes for each use; <see cref="MemoryBudgets"/> says what they are for.</summary>
/// <param name="Pages">The queue's pages, which are there from the start and no part of the pool.</param>
/// <param name="Receiving">Messages that arrive.</param>
/// <param name="Storing">Unpacking and reassembling.</param>
/// <param name="Reading">Entries that are read back.</param>
/// <param name="Sending">Bodies of bulk requests.</param>
/// <param name="Overdraft">What request bodies take beyond their budget: a document larger than a request, and parts that are sent again.</param>
/// <param name="Answers">Answers of Elasticsearch.</param>
internal sealed record MemorySizes(long Pages, long Receiving, long Storing, long Reading, long Sending, long Overdraft, long Answers)
{
    public long Total => Pages + Receiving + Storing + Reading + Sending + Overdraft + Answers;
}
