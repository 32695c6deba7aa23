namespace AuraLogs.Lifecycle.Archive;

/// <param name="Name">With <c>restored-</c> in front.</param>
/// <param name="Day">The day that it holds.</param>
/// <param name="Documents">How many events; null while it is being restored.</param>
/// <param name="Size">Its size as Elasticsearch writes it; null while it is being restored.</param>
internal sealed record RestoredIndex(string Name, DateOnly Day, long? Documents, string? Size);
