using System.Security.Cryptography;

namespace AuraLogs.Tests.Forward;

/// <summary>Chunk ids as Fluent Bit makes them.</summary>
internal static class ContentHash
{
    /// <summary>The option map of a chunk with this content, as Fluent Bit sends it.</summary>
    public static byte[] Options(byte[] content) =>
        Pack.Map(Pack.Str("chunk"), Pack.Str(Of(content)), Pack.Str("size"), Pack.Int(1), Pack.Str("fluent_signal"), Pack.Int(0));

    public static string Of(byte[] content) => Convert.ToBase64String(SHA512.HashData(content).AsSpan(0, 16));
}
