using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Indexing.Judging;

/// <summary>
/// Tells from an item's status and error what to do with it. The error types are those that Elasticsearch 7.4 to 9.x name.
/// What is not known here is judged by its status: a 4xx is the document's fault, anything else the cluster's. A 503 of an item
/// tells that its shard has no primary, for which Elasticsearch has waited already, or that the master does not get round to its
/// mapping: never that the document is at fault. A block is one under any status: a full disk's is a 403 up to 7.6 and a 429 since 7.7,
/// and the 429 of a block is no overload.
/// </summary>
internal static class ItemJudge
{
    public static Verdict Judge(int status, ElasticsearchError error) => status switch
    {
        200 or 201 => Verdict.Indexed,
        409 => Verdict.Duplicate,
        >= 400 when error.IsBlock => Verdict.RetrySlowly,
        401 or 403 or 503 => Verdict.RetrySlowly,
        408 or 429 or >= 500 => Verdict.Retry,
        404 when error.Type is "index_not_found_exception" or "alias_not_found_exception" => Verdict.RetrySlowly,
        400 when IsClustersFault(error) => Verdict.RetrySlowly,
        >= 400 => Verdict.DeadLetter,
        _ => Verdict.Retry,
    };

    /// <summary>Closed indices; no room for another shard; a default pipeline that is not there.</summary>
    private static bool IsClustersFault(ElasticsearchError error) => error.Type switch
    {
        "index_closed_exception" or "validation_exception" => true,
        "illegal_argument_exception" => error.Reason.StartsWith("pipeline with id [", StringComparison.Ordinal),
        _ => false,
    };
}
