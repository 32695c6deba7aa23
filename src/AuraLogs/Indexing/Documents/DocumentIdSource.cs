namespace AuraLogs.Indexing.Documents;

/// <summary>What a document's id is made from.</summary>
internal enum DocumentIdSource
{
    /// <summary>
    /// As <see cref="Chunk"/>, but as <see cref="Queue"/> for chunks whose id other chunks may have: Fluent Bit's is a hash of the
    /// content, and with times of whole seconds two chunks can have the same content.
    /// </summary>
    Auto,

    /// <summary>The tag, the sender's chunk id and the place in the chunk; the queue's where the sender gave no chunk id.</summary>
    Chunk,

    /// <summary>The queue's own id and the place in the queue.</summary>
    Queue,
}
