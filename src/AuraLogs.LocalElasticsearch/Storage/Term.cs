using System.Buffers.Binary;
using System.Text;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>
/// The key of a postings list.
/// <code>
/// term = field kind *value      field: 2 bytes, big endian; kind: 1 byte
/// kind = 0 the document has a value in this field (no value follows)
///      | 1 value is the UTF-8 of a keyword, or a token of a text
///      | 2 value is key 0x00 leaf, both UTF-8, of a flattened field
///      | 3 the value was malformed or too long and is not indexed (no value follows)
/// </code>
/// Keys compare as bytes, so that a field's terms lie together and in the order of their values.
/// </summary>
internal static class Term
{
    public const byte Exists = 0;
    public const byte Value = 1;
    public const byte Keyed = 2;
    public const byte Ignored = 3;

    public const int PrefixLength = 3;

    public static byte[] Of(int field, byte kind, string value)
    {
        byte[] term = new byte[PrefixLength + Encoding.UTF8.GetByteCount(value)];
        WritePrefix(term, field, kind);
        Encoding.UTF8.GetBytes(value, term.AsSpan(PrefixLength));
        return term;
    }

    public static byte[] Of(int field, byte kind) => Of(field, kind, "");

    public static void WritePrefix(Span<byte> to, int field, byte kind)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)field);
        to[2] = kind;
    }

    public static string ValueOf(ReadOnlySpan<byte> term) => Encoding.UTF8.GetString(term[PrefixLength..]);

    /// <summary>The first key after all that start with <paramref name="prefix"/>; the prefix never is all 0xFF.</summary>
    public static byte[] After(ReadOnlySpan<byte> prefix)
    {
        int last = prefix.Length - 1;
        while (prefix[last] == 0xFF)
            last--;
        byte[] end = prefix[..(last + 1)].ToArray();
        end[last]++;
        return end;
    }
}
