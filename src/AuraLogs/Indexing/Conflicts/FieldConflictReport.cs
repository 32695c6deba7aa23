namespace AuraLogs.Indexing.Conflicts;

/// <summary>A field that does not fit an index, so that it was moved to <c>conflict</c>.</summary>
/// <param name="Index">The index.</param>
/// <param name="Field">Its path.</param>
/// <param name="MappedAs">What the index has it as; empty where that is not the reason.</param>
/// <param name="Reason">In what way it does not fit.</param>
/// <param name="Count">How many documents had it moved since the start.</param>
/// <param name="First">When the first had.</param>
/// <param name="Last">When the last had.</param>
/// <param name="Senders">Some of those who send it so.</param>
internal sealed record FieldConflictReport(
    string Index, string Field, string MappedAs, ConflictKind Reason, long Count, DateTimeOffset First, DateTimeOffset Last, IReadOnlyList<FieldConflictSender> Senders);
