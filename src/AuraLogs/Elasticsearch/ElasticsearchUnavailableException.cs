namespace AuraLogs.Elasticsearch;

/// <summary>
/// No whole answer came: the node could not be reached, closed the connection, was too slow, or its answer was cut or too
/// long. Whether the request was carried out is unknown.
/// </summary>
/// <param name="message">For people, with the node.</param>
/// <param name="wasConnected">Whether a connection was there, so that the request may have been sent.</param>
/// <param name="inner">What happened.</param>
internal sealed class ElasticsearchUnavailableException(string message, bool wasConnected, Exception? inner = null) : IOException(message, inner)
{
    public bool WasConnected { get; } = wasConnected;

    /// <summary>Whether the node is gone without a word: it said nothing to the request, and nothing to the question whether it is alive.</summary>
    public bool IsSilent { get; init; }
}
