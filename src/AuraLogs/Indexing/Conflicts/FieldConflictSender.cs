namespace AuraLogs.Indexing.Conflicts;

/// <param name="Name">The pod as <c>namespace/pod</c>, or the tag.</param>
/// <param name="Value">What it sends there, as in <c>object</c>.</param>
internal sealed record FieldConflictSender(string Name, string Value);
