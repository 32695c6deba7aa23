namespace AuraLogs.MessagePack;

/// <summary>The bytes are not the MessagePack that they have to be.</summary>
internal class MessagePackException(string message) : Exception(message);
