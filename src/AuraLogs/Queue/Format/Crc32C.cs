using System.Buffers.Binary;
using System.Numerics;

namespace AuraLogs.Queue.Format;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720 appendix B.4): finds every single flipped bit and every burst of up to 32.
/// <see cref="BitOperations"/> uses the processor's instruction where there is one. That takes three cycles but can be begun
/// anew in each, so long runs are computed in three lanes at once, and joined: a checksum is linear, so what a lane of
/// zeros makes of each of its bytes is looked up.
/// </summary>
internal static class Crc32C
{
    private const int Lane = 1024;

    private static readonly uint[][] AfterZeroLane = [ZeroLane(0), ZeroLane(8), ZeroLane(16), ZeroLane(24)];

    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Append(~0u, bytes);

    public static uint Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) =>
        ~Append(Append(Append(~0u, first), second), third);

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 3 * Lane)
        {
            crc = AppendLanes(crc, bytes[..Lane], bytes.Slice(Lane, Lane), bytes.Slice(2 * Lane, Lane));
            bytes = bytes[(3 * Lane)..];
        }

        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return crc;
    }

    private static uint AppendLanes(uint crc, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        var (a, b, c) = (crc, 0u, 0u);
        for (var i = 0; i <= Lane - sizeof(ulong); i += sizeof(ulong))
        {
            a = BitOperations.Crc32C(a, BinaryPrimitives.ReadUInt64LittleEndian(first[i..]));
            b = BitOperations.Crc32C(b, BinaryPrimitives.ReadUInt64LittleEndian(second[i..]));
            c = BitOperations.Crc32C(c, BinaryPrimitives.ReadUInt64LittleEndian(third[i..]));
        }

        return PassZeroLane(PassZeroLane(a) ^ b) ^ c;
    }

    private static uint PassZeroLane(uint crc) =>
        AfterZeroLane[0][crc & 0xff] ^ AfterZeroLane[1][(crc >> 8) & 0xff] ^ AfterZeroLane[2][(crc >> 16) & 0xff] ^ AfterZeroLane[3][crc >> 24];

    private static uint[] ZeroLane(int shift)
    {
        var after = new uint[256];
        for (var value = 0u; value < after.Length; value++)
        {
            var crc = value << shift;
            for (var i = 0; i < Lane; i += sizeof(ulong))
                crc = BitOperations.Crc32C(crc, 0ul);
            after[value] = crc;
        }

        return after;
    }
}
