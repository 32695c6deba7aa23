namespace AuraLogs.Elasticsearch;

/// <summary>
/// No whole answer came: the node could not be reached, closed the connection, was too slow, or its answer was cut or too
/// long. Whether the request was carried out is unknown.
/// </summary>
internal sealed class ElasticsearchUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
