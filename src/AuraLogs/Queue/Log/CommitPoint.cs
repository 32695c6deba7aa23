namespace AuraLogs.Queue.Log;

/// <summary>An address up to which everything is on disk, and the sequence there.</summary>
internal readonly record struct CommitPoint(long Address, long Sequence);
