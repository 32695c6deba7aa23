namespace AuraLogs.LocalElasticsearch.Indices.Mapping;

/// <summary>How a field's values are indexed.</summary>
internal enum FieldFamily
{
    /// <summary>Tokens in postings.</summary>
    Text,

    /// <summary>Whole values in postings.</summary>
    Keyword,

    /// <summary>Addresses in postings, in their shortest form.</summary>
    Ip,

    /// <summary>Leaves of an object in postings, with and without their key.</summary>
    Flattened,

    /// <summary>Whole numbers in a column.</summary>
    Integer,

    /// <summary>Floating point in a column.</summary>
    Real,

    /// <summary>Milliseconds since 1970 in a column; nanoseconds for <c>date_nanos</c>.</summary>
    Date,

    /// <summary>0 and 1 in a column.</summary>
    Boolean,

    /// <summary>Kept in the source only.</summary>
    Stored,
}
