namespace AuraLogs.Lifecycle;

/// <summary>How the indices with events map what they hold.</summary>
internal enum IndexMapping
{
    /// <summary>
    /// As Elasticsearch does by default and so as Fluent Bit's indices: every string is text and, as <c>.keyword</c>, a whole value.
    /// </summary>
    Compatible,

    /// <summary>
    /// A string is a whole value, once; messages are text without scores; stored documents are compressed better. Less disk and less
    /// work for Elasticsearch (docs/lifecycle.md).
    /// </summary>
    Lean,
}
