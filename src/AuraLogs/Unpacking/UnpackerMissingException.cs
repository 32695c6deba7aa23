namespace AuraLogs.Unpacking;

/// <summary>The system's library for a compression is not installed; the message says what to install.</summary>
internal sealed class UnpackerMissingException(string message, Exception inner) : Exception(message, inner);
