using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AuraLogs.Forward.Decoding;
using AuraLogs.MessagePack;
using static AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.Forward.Salvage;

/// <summary>
/// Makes an event that is too large as large as it may be: its longest strings and binaries are cut, all to the same length, and the record
/// says so with three fields more:
/// <code>
/// "truncated": true, "original_bytes": 5000123, "original_sha256": "the hash of the whole event in MessagePack, in hexadecimal"
/// </code>
/// When that is not enough, because what is large is the number of values, fields of the record are left out from where no more fit.
/// </summary>
internal static class EventCutter
{
    /// <summary>Strings that are not longer are left as they are.</summary>
    private const int LeastTextBytes = 1024;

    /// <summary>What the three fields take.</summary>
    private const int MarkBytes = 160;

    /// <summary>The most that the header of a string or of a map takes.</summary>
    private const int HeaderBytes = 5;

    /// <param name="source">One event, whole and checked.</param>
    /// <param name="target">Where to write; the result takes all of it at most.</param>
    /// <returns>The bytes of the result.</returns>
    public static int Cut(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int textBytes = FindTextBytes(source, target.Length);
        var reader = new MessagePackReader(source);

        // 1. The time, and the metadata if they are not what is large.
        reader.TryReadArray();
        int inner = reader.TryReadArray();
        var time = reader.Skip();
        var metadata = inner > 1 ? reader.Skip() : default;
        int position = 0;
        target[position++] = FixArray | 2;
        if (metadata.Length is > 0 and < LeastTextBytes * 16)
            target[position++] = FixArray | 2;
        Append(time, target, ref position);
        if (metadata.Length is > 0 and < LeastTextBytes * 16)
            Append(metadata, target, ref position);

        // 2. The fields that fit.
        int count = reader.TryReadMap();
        int header = position;
        position += HeaderBytes;
        int kept = 0;
        for (; count > 0; count--)
        {
            int before = position;
            var pair = reader;
            if (TryCopy(source, ref pair, 2, textBytes, target[..^MarkBytes], ref position))
                kept++;
            else
                position = before;
            reader.Skip();
            reader.Skip();
        }

        // 3. The marks.
        AppendText("truncated"u8, target, ref position);
        target[position++] = True;
        AppendText("original_bytes"u8, target, ref position);
        target[position++] = MessagePackFormat.UInt32;
        BinaryPrimitives.WriteUInt32BigEndian(target[position..], (uint)source.Length);
        position += sizeof(uint);
        AppendText("original_sha256"u8, target, ref position);
        AppendText(Encoding.ASCII.GetBytes(HashOf(source)), target, ref position);
        target[header] = Map32;
        BinaryPrimitives.WriteUInt32BigEndian(target[(header + 1)..], (uint)kept + 3);
        return position;
    }

    /// <summary>The hash that names the whole event.</summary>
    public static string HashOf(ReadOnlySpan<byte> source) => Convert.ToHexStringLower(SHA256.HashData(source));

    /// <summary>The hash of parts that follow each other.</summary>
    public static string HashOf(IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
            hash.AppendData(part.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The greatest length of texts with which the whole fits.</summary>
    private static int FindTextBytes(ReadOnlySpan<byte> source, int maxBytes)
    {
        var lengths = new List<int>();
        var reader = new MessagePackReader(source);
        while (!reader.IsAtEnd)
        {
            int start = reader.Position;
            reader.SkipHead();
            if (IsText(source[start]) && reader.Position - start > LeastTextBytes)
                lengths.Add(reader.Position - start);
        }

        lengths.Sort((left, right) => right.CompareTo(left));
        long excess = source.Length + HeaderBytes + MarkBytes - maxBytes;
        long sum = 0;
        for (int i = 0; i < lengths.Count; i++)
        {
            sum += lengths[i];
            int next = i + 1 < lengths.Count ? lengths[i + 1] : LeastTextBytes;
            if (sum - ((i + 1L) * next) >= excess)
                return (int)Math.Max((sum - excess) / (i + 1) - HeaderBytes, LeastTextBytes);
        }

        return LeastTextBytes;
    }

    /// <summary>Copies values, with long texts cut.</summary>
    /// <returns>False when they don't fit; then a part may have been copied.</returns>
    private static bool TryCopy(
        ReadOnlySpan<byte> source, ref MessagePackReader reader, long values, int textBytes, Span<byte> target, ref int position)
    {
        for (; values > 0; values--)
        {
            int start = reader.Position;
            values += reader.SkipHead();
            var value = source[start..reader.Position];
            if (IsText(value[0]) && value.Length > textBytes + HeaderBytes)
            {
                if (!TryCopyCut(value, textBytes, target, ref position))
                    return false;
                continue;
            }

            if (value.Length > target.Length - position)
                return false;
            value.CopyTo(target[position..]);
            position += value.Length;
        }

        return true;
    }

    private static bool TryCopyCut(ReadOnlySpan<byte> value, int textBytes, Span<byte> target, ref int position)
    {
        int at = 0;
        MessagePackHeader.TryReadTextLength(value, ref at, out _);
        bool isBinary = value[0] is Bin8 or Bin16 or Bin32;
        int length = textBytes;
        if (!isBinary)
        {
            // Not within a character.
            for (int i = 0; i < 3 && length > 0 && (value[at + length] & 0xc0) == 0x80; i++)
                length--;
        }

        if (HeaderBytes + length > target.Length - position)
            return false;
        target[position] = isBinary ? Bin32 : Str32;
        BinaryPrimitives.WriteUInt32BigEndian(target[(position + 1)..], (uint)length);
        value.Slice(at, length).CopyTo(target[(position + HeaderBytes)..]);
        position += HeaderBytes + length;
        return true;
    }

    private static void AppendText(ReadOnlySpan<byte> text, Span<byte> target, ref int position)
    {
        position += MessagePackText.WriteHeader(target[position..], text.Length);
        Append(text, target, ref position);
    }

    private static void Append(ReadOnlySpan<byte> bytes, Span<byte> target, ref int position)
    {
        bytes.CopyTo(target[position..]);
        position += bytes.Length;
    }
}
