using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;
using static AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.MessagePack.Json;

/// <summary>
/// Strings: copied sixteen bytes at a time, with an escape (RFC 8259, section 7) put in where one is needed. Whether a string
/// is UTF-8 at all is asked only when it has a byte that isn't ASCII.
/// </summary>
internal sealed partial class JsonTranscoder
{
    private const int Block = 16;
    private const int Slice = 1024;

    // 255 bytes, quotes, what follows, and a block.
    private const int ShortRoom = 288;

    // The longest escape: \u00XX.
    private const int MaxEscape = 6;

    /// <summary>What stands behind the backslash, for the control characters, the quote and the backslash.</summary>
    private static ReadOnlySpan<byte> EscapeLetters =>
        "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu  \"                                                         \\"u8;

    private static ReadOnlySpan<byte> Hex => "0123456789abcdef"u8;

    private static bool TryTakeString(scoped ref MessagePackReader reader, [UnscopedRef] out ReadOnlySpan<byte> text)
    {
        var code = reader.Peek();
        if (code is < FixStr or > Str32 or (>= Nil and < Str8))
        {
            text = default;
            return false;
        }

        reader.ReadByte();
        text = reader.Take(code switch
        {
            Str8 => reader.ReadByte(),
            Str16 => reader.ReadUInt16(),
            Str32 => reader.ReadUInt32(),
            _ => code & 0x1fu,
        });
        return true;
    }

    /// <summary>
    /// The usual case, without a branch for each block: a string of at most 255 bytes, all of them ASCII that needs no escape.
    /// </summary>
    /// <param name="reader">It stands before the value.</param>
    /// <param name="follow">What to write behind the string.</param>
    /// <param name="fingerprint">As <see cref="JsonKeys.Fingerprint(ReadOnlySpan{byte})"/> gives it.</param>
    /// <returns>False, with nothing read or written, for anything else.</returns>
    private bool TryWriteShortString(scoped ref MessagePackReader reader, byte follow, out ulong fingerprint)
    {
        var rest = reader.Rest;
        fingerprint = 0;
        if (rest.Length < 2)
            return false;
        int head;
        int length;
        if ((rest[0] & 0xe0) == FixStr)
            (head, length) = (1, rest[0] & 0x1f);
        else if (rest[0] == Str8)
            (head, length) = (2, rest[1]);
        else
            return false;

        // A block more than the string, so that blocks can be read and written whole.
        if (rest.Length < head + length + Block)
            return false;
        _out.EnsureRoom(ShortRoom);
        ref var source = ref Unsafe.Add(ref MemoryMarshal.GetReference(rest), head);
        ref var destination = ref Unsafe.Add(ref MemoryMarshal.GetReference(_out.Bytes), _out.Position);
        destination = (byte)'"';
        if (!TryCopyPlain(ref source, ref Unsafe.Add(ref destination, 1), length))
            return false;
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, length + 1), (ushort)('"' | (follow << 8)));
        fingerprint = JsonKeys.Fingerprint(MemoryMarshal.CreateReadOnlySpan(ref source, length));
        _out.Position += length + 3;
        reader.Advance(head + length);
        return true;
    }

    /// <returns>Whether everything was ASCII without a need for escapes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryCopyPlain(ref byte source, ref byte destination, int length)
    {
        if (length < Block)
        {
            var only = Vector128.LoadUnsafe(ref source);
            only.StoreUnsafe(ref destination);
            return (IsNotPlain(only).ExtractMostSignificantBits() & ((1u << length) - 1)) == 0;
        }

        // The last block overlaps the one before.
        var last = Vector128.LoadUnsafe(ref source, (nuint)(length - Block));
        last.StoreUnsafe(ref destination, (nuint)(length - Block));
        var notPlain = IsNotPlain(last);
        for (var i = 0; i < length - Block; i += Block)
        {
            var block = Vector128.LoadUnsafe(ref source, (nuint)i);
            block.StoreUnsafe(ref destination, (nuint)i);
            notPlain |= IsNotPlain(block);
        }

        return notPlain == Vector128<byte>.Zero;
    }

    /// <summary>As signed bytes, what isn't ASCII is less than a space too.</summary>
    private static Vector128<byte> IsNotPlain(Vector128<byte> block) =>
        Vector128.LessThan(block.AsSByte(), Vector128.Create((sbyte)' ')).AsByte()
            | Vector128.Equals(block, Vector128.Create((byte)'"'))
            | Vector128.Equals(block, Vector128.Create((byte)'\\'));

    /// <param name="text">The string.</param>
    /// <param name="readableAfter">How many bytes after it may be read too, though they mean nothing.</param>
    private void WriteString(ReadOnlySpan<byte> text, int readableAfter)
    {
        var start = _out.Position;
        _out.EnsureRoom(1);
        _out.Put((byte)'"');
        var isAscii = true;
        for (var rest = text; rest.Length > 0;)
        {
            var slice = rest.Length <= Slice ? rest : rest[..Slice];
            rest = rest[slice.Length..];
            isAscii &= CopyEscaped(slice, rest.Length + readableAfter);
        }

        if (!isAscii && !Utf8.IsValid(text))
        {
            _out.Position = start + 1;
            CopyReplaced(text);
        }

        _out.EnsureRoom(1);
        _out.Put((byte)'"');
    }

    /// <returns>Whether all of it was ASCII.</returns>
    private bool CopyEscaped(ReadOnlySpan<byte> text, int readableAfter)
    {
        _out.EnsureRoom((text.Length * MaxEscape) + Block);
        ref var source = ref MemoryMarshal.GetReference(text);
        ref var destination = ref Unsafe.Add(ref MemoryMarshal.GetReference(_out.Bytes), _out.Position);
        var read = 0;
        var written = 0;
        var high = 0u;

        // A whole block is read and written as long as it lies within memory that is ours, even beyond the string's end.
        var blocksEnd = Math.Min(text.Length, text.Length + readableAfter - Block + 1);
        while (read < blocksEnd)
        {
            var block = Vector128.LoadUnsafe(ref source, (nuint)read);
            block.StoreUnsafe(ref destination, (nuint)written);
            var left = text.Length - read;
            var inside = left >= Block ? 0xffffu : (1u << left) - 1;
            var escapes = MustEscape(block) & inside;
            high |= block.ExtractMostSignificantBits() & inside;
            if (escapes == 0)
            {
                var copied = Math.Min(left, Block);
                read += copied;
                written += copied;
                continue;
            }

            // All before the escape is in place already; go on right after it.
            var clean = uint.TrailingZeroCount(escapes);
            read += (int)clean;
            written += (int)clean;
            written += Escape(Unsafe.Add(ref source, read), ref Unsafe.Add(ref destination, written));
            read++;
        }

        for (; read < text.Length; read++)
        {
            var value = Unsafe.Add(ref source, read);
            high |= value & 0x80u;
            if (value is < 0x20 or (byte)'"' or (byte)'\\')
                written += Escape(value, ref Unsafe.Add(ref destination, written));
            else
                Unsafe.Add(ref destination, written++) = value;
        }

        _out.Position += written;
        return high == 0;
    }

    private static uint MustEscape(Vector128<byte> block) =>
        (Vector128.LessThan(block, Vector128.Create((byte)0x20))
            | Vector128.Equals(block, Vector128.Create((byte)'"'))
            | Vector128.Equals(block, Vector128.Create((byte)'\\'))).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Escape(byte value, ref byte destination)
    {
        var letter = EscapeLetters[value];
        Unsafe.WriteUnaligned(ref destination, (ushort)('\\' | (letter << 8)));
        if (letter != (byte)'u')
            return 2;
        "00"u8.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref destination, 2), 2));
        Unsafe.Add(ref destination, 4) = Hex[value >> 4];
        Unsafe.Add(ref destination, 5) = Hex[value & 0x0f];
        return MaxEscape;
    }

    /// <summary>Copies what is UTF-8 and puts U+FFFD where it isn't, as the Unicode standard recommends (3.9, maximal subparts).</summary>
    private void CopyReplaced(ReadOnlySpan<byte> text)
    {
        while (text.Length > 0)
        {
            var isValid = Rune.DecodeFromUtf8(text, out _, out var length) == System.Buffers.OperationStatus.Done;
            if (isValid)
                CopyEscaped(text[..length], text.Length - length);
            else
                _out.Write("\uFFFD"u8);
            text = text[length..];
        }
    }

    private void WriteBinary(ReadOnlySpan<byte> data, int readableAfter)
    {
        if (Utf8.IsValid(data))
            WriteString(data, readableAfter);
        else
            WriteBase64(data);
    }

    private void WriteBase64(ReadOnlySpan<byte> data)
    {
        _out.EnsureRoom(Base64.GetMaxEncodedToUtf8Length(data.Length) + 2);
        _out.Put((byte)'"');
        Base64.EncodeToUtf8(data, _out.Bytes[_out.Position..], out _, out var written);
        _out.Position += written;
        _out.Put((byte)'"');
    }
}
