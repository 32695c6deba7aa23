namespace AuraLogs.Indexing;

/// <summary>What a document's id is made from.</summary>
internal enum DocumentIds
{
    /// <summary>The tag, the sender's chunk id and the place in the chunk; the queue's where the sender gave no chunk id.</summary>
    Chunk,

    /// <summary>The queue's own id and the place in the queue: for senders whose chunks can be equal without being the same.</summary>
    Queue,
}
