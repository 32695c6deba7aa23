namespace AuraLogs.Lifecycle.Kibana;

/// <summary>Kibana can't be reached or says no. The message is a sentence for people.</summary>
internal sealed class KibanaException(string message, Exception? inner = null) : Exception(message, inner);
