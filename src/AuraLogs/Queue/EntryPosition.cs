namespace AuraLogs.Queue;

/// <summary>The place of an entry: the address of its first byte, and of the entry that follows.</summary>
internal readonly record struct EntryPosition(long Address, long NextAddress);
