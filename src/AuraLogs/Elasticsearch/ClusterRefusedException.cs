using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Elasticsearch;

/// <summary>The cluster answered a request of the control plane, and the answer was no.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="type">As in <c>security_exception</c>; empty when the answer was not Elasticsearch's.</param>
/// <param name="reason">The reasons from the outermost to the root cause, each once.</param>
internal sealed class ClusterRefusedException(int status, string type, string reason) : Exception($"HTTP {status}, {type}: {reason}")
{
    public int Status => status;

    public string Type => type;

    /// <summary>Whether a block on the cluster or an index is the reason, and no missing privilege.</summary>
    public bool IsBlock => type == ElasticsearchError.ClusterBlock;

    public string Reason => reason;
}
