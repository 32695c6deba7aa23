namespace AuraLogs.MessagePack;

/// <summary>A MessagePack value that is not an event.</summary>
internal sealed class NotAnEventException(string message) : MessagePackException(message);
