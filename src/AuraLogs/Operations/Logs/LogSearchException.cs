namespace AuraLogs.Operations.Logs;

/// <summary>Elasticsearch refused the search; the reason is its own, for the person who searched.</summary>
internal sealed class LogSearchException(int status, string reason) : Exception(reason)
{
    public int Status { get; } = status;
}
