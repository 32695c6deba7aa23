using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Indexing.Sending;

/// <summary>What it means that a whole request was refused, and nothing of it was carried out.</summary>
/// <param name="Next">When to send it again.</param>
/// <param name="IsOverload">Whether less should be sent at once.</param>
/// <param name="Problem">The code of the service's problem.</param>
/// <param name="Sentence">The problem for a person.</param>
internal readonly record struct RequestRefusal(AttemptOutcome Next, bool IsOverload, string Problem, string Sentence)
{
    /// <summary>By the HTTP status; 413 is not judged here, because it is about the request's size alone.</summary>
    public static RequestRefusal Of(int status, ElasticsearchError error) => status switch
    {
        // 503 is a cluster without a master or before its recovery, which ends by itself; any other block is ended by somebody.
        403 or 429 when error.IsBlock => new(
            AttemptOutcome.AgainSlowly, IsOverload: false, "elasticsearch-refuses-writes",
            $"Elasticsearch refuses all writes ({error.Type}, {error.Reason.TrimEnd(';')}): end the block on the cluster. Logs stay in the queue until then."),
        429 => new(
            AttemptOutcome.Again, IsOverload: true, "elasticsearch-overloaded",
            $"Elasticsearch is overloaded (HTTP 429 {error.Type}). Logs stay in the queue until it takes them."),
        401 or 403 => new(
            AttemptOutcome.AgainSlowly, IsOverload: false, "elasticsearch-refuses-writes",
            $"Elasticsearch refuses writes (HTTP {status} {error.Type}): check the credentials, their rights, and blocks on the cluster."),
        408 or >= 500 => new(
            AttemptOutcome.Again, IsOverload: true, "elasticsearch-unavailable",
            $"Elasticsearch can't work at the moment (HTTP {status} {error.Type}). Logs stay in the queue until it can."),
        _ => new(
            AttemptOutcome.AgainSlowly, IsOverload: false, "elasticsearch-refuses-requests",
            $"Elasticsearch, or what stands before it, refuses bulk requests (HTTP {status} {error.Type})."),
    };
}
