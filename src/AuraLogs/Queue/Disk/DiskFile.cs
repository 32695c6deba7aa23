namespace AuraLogs.Queue.Disk;

/// <summary>A file as a listing shows it.</summary>
internal readonly record struct DiskFile(string Name, long Length);
