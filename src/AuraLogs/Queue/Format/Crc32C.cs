using System.Buffers.Binary;
using System.Numerics;

namespace AuraLogs.Queue.Format;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720 appendix B.4): finds every single flipped bit and every burst of up to 32.
/// <see cref="BitOperations"/> uses the processor's instruction where there is one.
/// </summary>
internal static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Append(~0u, bytes);

    public static uint Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) =>
        ~Append(Append(Append(~0u, first), second), third);

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return crc;
    }
}
