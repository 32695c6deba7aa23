namespace AuraLogs.Queue.Format;

/// <summary>
/// A part of the log that a crash left incomplete and that was never committed, as far as anything behind it knows: events that are
/// missing there were never acknowledged, up to so many.
/// </summary>
/// <param name="From">The end of the last entry before it.</param>
/// <param name="To">The end of the last entry that was found after the crash.</param>
/// <param name="Events">How many events are missing between.</param>
internal readonly record struct TornWrite(long From, long To, long Events);
