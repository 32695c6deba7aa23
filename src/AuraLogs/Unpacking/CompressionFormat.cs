namespace AuraLogs.Unpacking;

/// <summary>
/// How compressed events are told from plain ones: by their first bytes, which no event has (it starts with 0x92, 0xdc or 0xdd).
/// Sources: RFC 1952, 2.3.1 (gzip) and RFC 8878, 3.1.1 (zstd).
/// </summary>
internal static class CompressionFormat
{
    /// <summary>How many bytes tell.</summary>
    public const int MagicBytes = 4;

    private static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    private static ReadOnlySpan<byte> ZstdMagic => [0x28, 0xb5, 0x2f, 0xfd];

    public static Compression Detect(ReadOnlySpan<byte> events)
    {
        if (events.StartsWith(GzipMagic))
            return Compression.Gzip;
        return events.StartsWith(ZstdMagic) ? Compression.Zstd : Compression.None;
    }

    /// <summary>Whether the value of the option <c>compressed</c> is one that can be read.</summary>
    public static bool IsKnownName(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("gzip"u8) || name.SequenceEqual("zstd"u8) || name.SequenceEqual("text"u8);
}
