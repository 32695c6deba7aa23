namespace AuraLogs.Forward;

/// <summary>A run of events that fits into one entry of the queue.</summary>
/// <param name="Start">Where it begins, in bytes from the start of the message (or of the unpacked events).</param>
/// <param name="Length">Bytes.</param>
/// <param name="Count">Events.</param>
internal readonly record struct EventPart(long Start, int Length, int Count);
