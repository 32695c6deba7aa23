namespace AuraLogs.Lifecycle.Archive;

/// <param name="Name">Its name in the repository.</param>
/// <param name="Started">When it was taken.</param>
/// <param name="Indices">What is whole in it.</param>
internal sealed record ArchiveSnapshot(string Name, DateTimeOffset Started, IReadOnlyList<string> Indices);
