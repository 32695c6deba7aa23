namespace AuraLogs.Elasticsearch;

/// <summary>Names inside Elasticsearch that the writer of documents and the manager of their templates have to agree on.</summary>
internal static class IndexConventions
{
    /// <summary>The first part of the names of dead-letter indices, before <c>-yyyy.MM.dd</c>.</summary>
    public const string DeadLetterPrefix = "aura-dead-letters";

    /// <summary>The flattened field that fields with a conflicting type are moved to.</summary>
    public const string ConflictField = "conflict";

    /// <summary>The keyword field with the paths of the fields that were moved.</summary>
    public const string ConflictListField = "conflict_fields";
}
