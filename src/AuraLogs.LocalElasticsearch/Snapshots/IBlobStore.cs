namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>Where a repository keeps its blobs: a directory or a container of Azure. Failures are <see cref="IOException"/>s.</summary>
internal interface IBlobStore
{
    /// <summary>Writes a blob, in place of one of the same name; it is there as a whole or not at all.</summary>
    Task PutAsync(string name, ReadOnlyMemory<byte> data, CancellationToken cancel);

    /// <summary>A blob's content; null when there is none.</summary>
    Task<byte[]?> GetAsync(string name, CancellationToken cancel);

    Task<bool> ExistsAsync(string name, CancellationToken cancel);

    /// <summary>Deletes a blob, if it is there.</summary>
    Task DeleteAsync(string name, CancellationToken cancel);

    /// <summary>The names that start with a prefix.</summary>
    Task<List<string>> ListAsync(string prefix, CancellationToken cancel);
}
