namespace AuraLogs.Queue;

/// <summary>The queue's directory can't be used, and why. Nothing in it was changed. For a person, at start.</summary>
internal sealed class QueueDirectoryException(string message, Exception? inner = null) : IOException(message, inner);
