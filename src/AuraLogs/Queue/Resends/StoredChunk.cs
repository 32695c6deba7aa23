namespace AuraLogs.Queue.Resends;

/// <summary>A chunk in the queue, all of it.</summary>
/// <param name="Key">What it is found by when it is sent again: a hash of what its sender names it by.</param>
/// <param name="Address">The address that a commit has to reach to cover it.</param>
internal readonly record struct StoredChunk(UInt128 Key, long Address);
