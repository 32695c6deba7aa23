namespace AuraLogs.Forward.Decoding;

/// <summary>A run of events that fits into one entry of the queue.</summary>
/// <param name="Start">Where it begins, in bytes from the start of the message (or of the unpacked events).</param>
/// <param name="Length">Bytes.</param>
/// <param name="Count">Events.</param>
/// <param name="GroupStart">Where the marker stands of the group that it begins in the middle of; it goes before the events.</param>
/// <param name="GroupLength">The marker's bytes; 0 when it begins with a group or without.</param>
internal readonly record struct EventPart(long Start, int Length, int Count, long GroupStart = 0, int GroupLength = 0);
