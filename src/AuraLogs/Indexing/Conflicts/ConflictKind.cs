namespace AuraLogs.Indexing.Conflicts;

/// <summary>In what way a field of a document does not fit its index.</summary>
internal enum ConflictKind
{
    /// <summary>It is of another type than the index has it as, or its value can't be one of that type.</summary>
    Type,

    /// <summary>It lies deeper than the index allows (<c>index.mapping.depth.limit</c>).</summary>
    Depth,

    /// <summary>The index has no room for more fields (<c>index.mapping.total_fields.limit</c>).</summary>
    FieldLimit,

    /// <summary>Its name can't be that of a field: empty, blank between dots, or one of Elasticsearch's own.</summary>
    Name,
}
