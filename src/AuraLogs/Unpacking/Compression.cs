namespace AuraLogs.Unpacking;

/// <summary>How the events of an entry are compressed. The numbers are part of the entry format on disk.</summary>
internal enum Compression : byte
{
    None = 0,
    Gzip = 1,
    Zstd = 2,
}
