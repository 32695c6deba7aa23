namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>A document as it lies in its shard; <see cref="Number"/> is its <c>_seq_no</c>.</summary>
internal sealed record StoredDocument(int Number, string Id, long Version, byte[] Source)
{
    /// <summary>Reads one with a statement that selects id, version and source by the number.</summary>
    public static StoredDocument? Read(Statement byNumber, int number)
    {
        bool found = byNumber.Bind(1, number).Step();
        StoredDocument? document = found ? new StoredDocument(number, byNumber.Text(0), byNumber.Integer(1), byNumber.Blob(2).ToArray()) : null;
        byNumber.Reset();
        return document;
    }
}
