namespace AuraLogs.Queue.Log;

/// <summary>A part of the queue that could not be read, between two entries that could.</summary>
/// <param name="From">The end of the entry before.</param>
/// <param name="To">The entry after, or the end of what is committed.</param>
/// <param name="Events">How many events were there: the sequences before and after tell.</param>
/// <param name="NextSequence">The sequence at <paramref name="To"/>.</param>
/// <param name="IsUnread">Whether the disk could not read some of it: then it may be intact.</param>
internal readonly record struct Gap(long From, long To, long Events, long NextSequence, bool IsUnread = false);
