namespace AuraLogs.Queue;

/// <summary>The queue's disk failed before an entry was safely on it. The sender must send the chunk again.</summary>
internal sealed class QueueFailedException(string message, Exception? inner = null) : IOException(message, inner);
