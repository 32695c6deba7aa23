using System.Buffers.Binary;

namespace AuraLogs.Fuzz.Guided;

/// <summary>Changes inputs at random: bits, bytes, numbers, runs of bytes, words that the target knows, and pieces of other inputs.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> words, int maxBytes)
{
    private static readonly long[] Edges = [0, 1, -1, 127, 128, 255, 256, 32767, 32768, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue];

    /// <param name="input">What to begin with.</param>
    /// <param name="other">Another input, to take pieces from.</param>
    public byte[] Change(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var times = 1 << random.Next(5); times > 0; times--)
            ChangeOnce(bytes, other);
        return bytes.Count <= maxBytes ? [.. bytes] : [.. bytes[..maxBytes]];
    }

    private void ChangeOnce(List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(Length(), bytes.Count - at);
        switch (random.Next(11))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when at < bytes.Count:
                bytes[at] += (byte)(random.Next(70) - 35);
                break;
            case 3:
                WriteNumber(bytes, at);
                break;
            case 4:
                bytes.RemoveRange(at, length);
                break;
            case 5:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 6:
                bytes.InsertRange(at, Enumerable.Repeat(random.Next(2) == 0 && at < bytes.Count ? bytes[at] : (byte)random.Next(256), Length()));
                break;
            case 7 when words.Count > 0:
                bytes.InsertRange(at, words[random.Next(words.Count)]);
                break;
            case 8 when words.Count > 0:
                bytes.RemoveRange(at, length);
                bytes.InsertRange(at, words[random.Next(words.Count)]);
                break;
            case 9 when other.Length > 0:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + Length())]);
                break;
            case 10 when other.Length > 0:
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other[random.Next(other.Length)..]);
                break;
        }
    }

    /// <summary>Mostly short, sometimes long.</summary>
    private int Length() => 1 + random.Next(1 << random.Next(1, 9));

    private void WriteNumber(List<byte> bytes, int at)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, Edges[random.Next(Edges.Length)] + random.Next(-2, 3));
        var size = 1 << random.Next(4);
        for (var i = 0; i < size && at + i < bytes.Count; i++)
            bytes[at + i] = number[sizeof(long) - size + i];
    }
}
