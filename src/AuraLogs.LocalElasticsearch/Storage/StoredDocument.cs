namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>A document as it lies in its shard; <see cref="Number"/> is its <c>_seq_no</c>.</summary>
internal sealed record StoredDocument(int Number, string Id, long Version, byte[] Source);
